// Starts Swagger UI on the document that the page names, with the token that opens the API.
const main = document.getElementById("api");
const chosen = document.documentElement.dataset.theme;
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.classList.toggle("dark-mode", chosen ? chosen === "dark" : prefersDark);
const ui = window.SwaggerUIBundle({
  url: main.dataset.document,
  domNode: main,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  onComplete: () => {
    if (main.dataset.token) ui.preauthorizeApiKey("token", main.dataset.token);
  },
});
