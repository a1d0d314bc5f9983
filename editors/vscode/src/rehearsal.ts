/** The rehearsal of a stage: a task of the editor in a terminal. */

import { basename } from "node:path";
import * as vscode from "vscode";

import { REHEARSE_STAGE } from "./names";
import type { Server } from "./server";

/** Rehearse a stage of a file; without a name of one, the user picks it. */
export async function rehearseStage(server: Server, file: vscode.Uri, stage: unknown): Promise<void> {
  const name = typeof stage === "string" ? stage : await pickStage(file);
  const program = server.program;
  if (name === undefined || program === undefined) {
    return;
  }
  const answer = await server.ask("azrelease.server.rehearsal", file.toString(), name);
  if (answer !== undefined) {
    // The first word is the name of the program: the one that runs is that of the setting.
    const [, ...args] = answer.command;
    await vscode.tasks.executeTask(task(file, name, new vscode.ProcessExecution(program, args, { cwd: answer.folder })));
  }
}

/** A task that starts the program without a shell: nothing in the name of a stage is read as a command. */
function task(file: vscode.Uri, stage: string, execution: vscode.ProcessExecution): vscode.Task {
  const definition = { type: "azrelease", uri: file.toString(), stage };
  const scope = vscode.workspace.getWorkspaceFolder(file) ?? vscode.TaskScope.Workspace;
  const result = new vscode.Task(definition, scope, `Rehearse ${stage} of ${basename(file.fsPath)}`, "azrelease", execution);
  result.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, clear: true };
  return result;
}

/** The stages of a file are those above which the server shows the command. */
async function pickStage(file: vscode.Uri): Promise<string | undefined> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", file, 100);
  const stages = lenses
    .filter(({ command }) => command?.command === REHEARSE_STAGE)
    .map(({ command }) => command?.arguments?.[1] as unknown)
    .filter((stage) => typeof stage === "string");
  if (stages.length === 0) {
    throw new Error("the file has no stage that can be rehearsed.");
  }
  return vscode.window.showQuickPick(stages, { title: "Rehearse Stage", placeHolder: "The stage to run on this machine" });
}
