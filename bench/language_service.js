// Validates files with Microsoft's language service, all in one process: node language_service.js SCHEMA FOLDER
const fs = require("fs");
const path = require("path");
const service = require("azure-pipelines-language-service");
const { TextDocument } = require("vscode-languageserver-textdocument");

const [schemaPath, folder] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(schemaPath, "utf8"));
const url = "file:///schema.json";
const languageService = service.getLanguageService(
  () => Promise.resolve(schema),
  [],
  () => Promise.resolve(url),
  { resolveRelativePath: (relative) => relative },
  Promise,
);
languageService.configure({ validate: true, schemas: [{ uri: url, fileMatch: ["*"], schema }] });

const print = console.log;
console.log = () => {}; // the service says what it does

(async () => {
  let flagged = 0;
  const names = fs.readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)).sort();
  for (const name of names) {
    const text = fs.readFileSync(path.join(folder, name), "utf8");
    const document = TextDocument.create(`file:///${name}`, "azure-pipelines", 1, text);
    const found = await languageService.doValidation(document, service.parse(text));
    flagged += found.length > 0 ? 1 : 0;
  }
  print(`${names.length} files, ${flagged} flagged`);
})();
