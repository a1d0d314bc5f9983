/** The language server: a process of `azrelease language-server`, and the requests to it. */

import * as vscode from "vscode";
import { ExecuteCommandRequest, State } from "vscode-languageclient/node";

import { Client } from "./client";
import { FINAL_YAML_CHANGED, type ServerCommands } from "./names";
import { findProgram } from "./program";
import { reportBroken, reportMissing } from "./startFailure";

export interface FinalYaml {
  uri: string;
  text: string;
}

/** The server of the window. */
export class Server implements vscode.Disposable {
  private readonly output = vscode.window.createOutputChannel("azrelease", { log: true });
  private readonly started = new vscode.EventEmitter<void>();
  private readonly finalYaml = new vscode.EventEmitter<FinalYaml>();
  private running: Promise<Client | undefined> | undefined;

  /** After each start: a new server knows nothing of what was asked before. */
  readonly onDidStart = this.started.event;
  readonly onFinalYaml = this.finalYaml.event;

  /** The absolute path of the program; undefined where it is not found. */
  get program(): string | undefined {
    const folder = vscode.workspace.isTrusted ? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath : undefined;
    return findProgram(setting(), folder);
  }

  /** The client of the server, which is started where it does not run; undefined after a failure, which is reported. */
  async start(): Promise<Client | undefined> {
    this.running ??= this.launch();
    const running = this.running;
    const client = await running;
    if (client === undefined && this.running === running) {
      // The next request tries again: the user may have installed the program by then.
      this.running = undefined;
    }
    return client;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    const client = await running;
    await client?.dispose();
  }

  /** Ask the server; undefined where it does not run. */
  async ask<Name extends keyof ServerCommands>(
    command: Name,
    ...args: ServerCommands[Name]["args"]
  ): Promise<ServerCommands[Name]["result"] | undefined> {
    const client = await this.start();
    return client?.sendRequest(ExecuteCommandRequest.type, { command, arguments: args }) as Promise<
      ServerCommands[Name]["result"] | undefined
    >;
  }

  dispose(): void {
    this.started.dispose();
    this.finalYaml.dispose();
    void this.stop().finally(() => this.output.dispose());
  }

  private async launch(): Promise<Client | undefined> {
    const program = this.program;
    if (program === undefined) {
      reportMissing(setting());
      return undefined;
    }
    const client = new Client(program, this.output);
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        this.started.fire();
      }
    });
    client.onNotification(FINAL_YAML_CHANGED, (changed: FinalYaml) => this.finalYaml.fire(changed));
    try {
      await client.start();
    } catch (error) {
      this.output.error(String(error));
      reportBroken(program, () => this.output.show());
      return undefined;
    }
    return client;
  }
}

function setting(): string {
  return vscode.workspace.getConfiguration("azrelease").get("path", "azrelease");
}
