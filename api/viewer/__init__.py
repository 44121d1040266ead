"""The public map: the page shell that folium makes, cut to a strict content security policy."""
