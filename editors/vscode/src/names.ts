/** The names that the extension shares with the server, with package.json and with other editors. */

/** Commands of this editor. The server shows those that are passed to it above releases and stages. */
export const SHOW_FINAL_YAML = "azrelease.showFinalYaml";
export const SHOW_GRAPH = "azrelease.showGraph";
export const RENDER_RELEASE = "azrelease.renderRelease";
export const REHEARSE_STAGE = "azrelease.rehearseStage";
export const RESTART_SERVER = "azrelease.restartServer";

/** Commands that run or write something: only a trusted workspace has them. */
const IN_TRUSTED_WORKSPACES = [RENDER_RELEASE, REHEARSE_STAGE];

/** The commands that the server may show. */
export function shownCommands(trusted: boolean): string[] {
  return [SHOW_FINAL_YAML, SHOW_GRAPH, ...(trusted ? IN_TRUSTED_WORKSPACES : [])];
}

/** What the server sends when the final YAML of an open file has changed. */
export const FINAL_YAML_CHANGED = "azrelease/finalYaml";

/** The commands of the server, with the arguments that each takes and its result. */
export interface ServerCommands {
  "azrelease.server.finalYaml": { args: [uri: string]; result: { text: string } };
  "azrelease.server.closeFinalYaml": { args: [uri: string]; result: null };
  "azrelease.server.graph": { args: [uri: string]; result: { html: string } };
  "azrelease.server.render": { args: [uri: string]; result: { files: string[]; message: string } };
  "azrelease.server.rehearsal": { args: [uri: string, stage: string]; result: { command: string[]; folder: string } };
}

/** The ids of the languages of the files that the server reads. */
export const LANGUAGES = ["yaml", "azure-pipelines"];
