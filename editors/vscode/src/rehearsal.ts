/** The rehearsal of a stage: a task of the editor in a terminal. */

import { basename } from "node:path";
import * as vscode from "vscode";

import type { Server } from "./server";
import { stagesOf } from "./stages";

/** Rehearse a stage of a file; without a name of one, the user picks it. */
export async function rehearseStage(server: Server, file: vscode.Uri, stage: unknown): Promise<void> {
  const name = typeof stage === "string" ? stage : await pickStage(await stagesOf(server, file));
  if (!name) {
    return;
  }
  const answer = await server.ask("azrelease.server.rehearsal", file.toString(), name);
  const [program, ...args] = answer?.command ?? [];
  if (answer !== undefined && program !== undefined) {
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

/** Stages that come from templates are not in the file: their names are typed. Without stages there is one, `pipeline`. */
function pickStage(stages: string[]): Thenable<string | undefined> {
  const title = "Rehearse Stage";
  return stages.length > 0
    ? vscode.window.showQuickPick(stages, { title, placeHolder: "The stage to run on this machine" })
    : vscode.window.showInputBox({ title, prompt: "The name of the stage to run on this machine", value: "pipeline" });
}
