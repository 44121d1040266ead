"""One module of routes for each subject; every route names its access in its signature."""
