/** What the editor calls: connects the commands and events of a window with the server. */

import * as vscode from "vscode";

import { registerFileCommand, reportFailure } from "./commands";
import { FinalYamlView } from "./finalYaml";
import { GraphView } from "./graph";
import { REHEARSE_STAGE, RENDER_RELEASE, RESTART_SERVER, SHOW_FINAL_YAML, SHOW_GRAPH } from "./names";
import { rehearseStage } from "./rehearsal";
import { renderRelease } from "./render";
import { Server } from "./server";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const started = new Server();
  const finalYaml = new FinalYamlView(started);
  const graph = new GraphView(started);
  const restart = (): Promise<void> => reportFailure(() => started.restart());
  context.subscriptions.push(
    finalYaml,
    graph,
    registerFileCommand(SHOW_FINAL_YAML, (file) => finalYaml.show(file)),
    registerFileCommand(SHOW_GRAPH, (file) => graph.show(file)),
    registerFileCommand(RENDER_RELEASE, (file) => renderRelease(started, file)),
    registerFileCommand(REHEARSE_STAGE, (file, stage) => rehearseStage(started, file, stage)),
    vscode.commands.registerCommand(RESTART_SERVER, restart),
    // A trusted workspace may name the program, and has the commands that write and run.
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("azrelease.path")) {
        void restart();
      }
    }),
  );
  server = started;
  void started.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
