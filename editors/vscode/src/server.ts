/** The language server: a process of `azrelease language-server`, and the requests to it. */

import * as vscode from "vscode";
import { ExecuteCommandRequest, LanguageClient, State, type LanguageClientOptions } from "vscode-languageclient/node";

import { FINAL_YAML_CHANGED, LANGUAGES, shownCommands, type ServerCommands } from "./names";
import { findProgram } from "./program";
import { Restarts } from "./restarts";
import { reportBroken, reportMissing } from "./startFailure";

export interface FinalYaml {
  uri: string;
  text: string;
}

/** The server of the window. */
export class Server implements vscode.Disposable {
  private readonly started = new vscode.EventEmitter<void>();
  private readonly finalYaml = new vscode.EventEmitter<FinalYaml>();
  private running: Promise<LanguageClient | undefined> | undefined;

  /** After each start: a new server knows nothing of what was asked before. */
  readonly onDidStart = this.started.event;
  readonly onFinalYaml = this.finalYaml.event;

  /** The absolute path of the program; undefined where it is not found. */
  get program(): string | undefined {
    const folder = vscode.workspace.isTrusted ? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath : undefined;
    return findProgram(setting(), folder);
  }

  /** The client of the server, which is started where it does not run; undefined after a failure, which is reported. */
  async start(): Promise<LanguageClient | undefined> {
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
    void this.stop();
  }

  private async launch(): Promise<LanguageClient | undefined> {
    const program = this.program;
    if (program === undefined) {
      reportMissing(setting());
      return undefined;
    }
    const restarts = new Restarts();
    const command = { command: program, args: ["language-server"] };
    const client = new LanguageClient("azrelease", command, clientOptions(restarts));
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        restarts.begin();
        this.started.fire();
      }
    });
    client.onNotification(FINAL_YAML_CHANGED, (changed: FinalYaml) => this.finalYaml.fire(changed));
    try {
      await client.start();
    } catch (error) {
      client.outputChannel.error(String(error));
      reportBroken(program, () => client.outputChannel.show());
      return undefined;
    }
    return client;
  }
}

function setting(): string {
  return vscode.workspace.getConfiguration("azrelease").get("path", "azrelease");
}

function clientOptions(errorHandler: Restarts): LanguageClientOptions {
  return {
    documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
    initializationOptions: { commands: shownCommands(vscode.workspace.isTrusted) },
    initializationFailedHandler: () => false,
    errorHandler,
  };
}
