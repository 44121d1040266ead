"""HTTP only, thin: the application, access, errors, routes per register, pages and the map viewer."""
