// Starts Swagger UI on the document that the page names, with the token that opens the API.
const main = document.getElementById("api");
const chosen = document.documentElement.dataset.theme;
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.classList.toggle("dark-mode", chosen ? chosen === "dark" : prefersDark);
// Swagger UI takes a minute for a large document of version 3.1, because it resolves all of it again for each request that is
// opened. The documents here are valid in 3.0 too, and of those it resolves only what it shows.
const VERSION = /"openapi":\s*"3\.1\.\d+"/;
const ui = window.SwaggerUIBundle({
  url: main.dataset.document,
  domNode: main,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  syntaxHighlight: false,
  responseInterceptor: (response) => {
    if (response.url === new URL(main.dataset.document, location).href) {
      response.text = response.text.replace(VERSION, '"openapi":"3.0.4"');
    }
    return response;
  },
  onComplete: () => {
    if (main.dataset.token) ui.preauthorizeApiKey("token", main.dataset.token);
  },
});
