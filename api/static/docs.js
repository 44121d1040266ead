// Starts Swagger UI on /docs with the service's own description of its interface; asks nothing from outside.
/* global SwaggerUIBundle */
window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null, // its default sends the description to a public host
    presets: [SwaggerUIBundle.presets.apis],
  });
});
