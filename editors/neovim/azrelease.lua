-- The language server of azrelease in Neovim 0.7 or newer. Save this file as lua/azrelease.lua beside your init.lua, and
-- put require("azrelease").setup() in that, or setup({ program = { "/path/to/azrelease" } }).

local M = {}
local finals = {} -- the buffers of final YAML, by the URI of the file

local function ask(client_id, command, arguments, done)
  local client = vim.lsp.get_client_by_id(client_id)
  if not client then
    return
  end
  local params = { command = command, arguments = arguments }
  local function answered(failure, result)
    if failure then
      vim.notify("azrelease: " .. failure.message, vim.log.levels.ERROR)
    elseif done then
      done(result)
    end
  end
  if vim.fn.has("nvim-0.11") == 1 then
    client:request("workspace/executeCommand", params, answered)
  else
    client.request("workspace/executeCommand", params, answered)
  end
end

local function write_final(uri, text)
  local buffer = finals[uri]
  if buffer then
    vim.bo[buffer].modifiable = true
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text:gsub("\n$", ""), "\n"))
    vim.bo[buffer].modifiable = false
  end
end

local function open_final(client_id, uri)
  local buffer = vim.api.nvim_create_buf(false, true)
  finals[uri] = buffer
  vim.api.nvim_buf_set_name(buffer, "azrelease-final://" .. vim.uri_to_fname(uri))
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].syntax = "yaml" -- not its filetype, which would start a server for the buffer
  vim.api.nvim_create_autocmd("BufWipeout", {
    buffer = buffer,
    callback = function()
      finals[uri] = nil
      ask(client_id, "azrelease.server.closeFinalYaml", { uri })
    end,
  })
  vim.cmd("rightbelow vertical sbuffer " .. buffer)
  vim.cmd("wincmd p")
end

local function open_page(html)
  local path = vim.fn.tempname() .. ".html"
  vim.fn.writefile(vim.split(html, "\n"), path)
  if vim.ui.open then
    vim.ui.open(path)
  else
    vim.fn.jobstart({ vim.fn.has("mac") == 1 and "open" or "xdg-open", path }, { detach = true })
  end
end

local function open_terminal(command, folder)
  vim.cmd("botright new")
  if vim.fn.has("nvim-0.11") == 1 then
    vim.fn.jobstart(command, { cwd = folder, term = true })
  else
    vim.fn.termopen(command, { cwd = folder })
  end
end

-- The server shows these above a release or a stage; vim.lsp.codelens.run() runs the one at the cursor.
local commands = {
  ["azrelease.showFinalYaml"] = function(lens, context)
    local uri = lens.arguments[1]
    ask(context.client_id, "azrelease.server.finalYaml", { uri }, function(result)
      if not finals[uri] then
        open_final(context.client_id, uri)
      end
      write_final(uri, result.text)
    end)
  end,
  ["azrelease.showGraph"] = function(lens, context)
    ask(context.client_id, "azrelease.server.graph", lens.arguments, function(result)
      open_page(result.html)
    end)
  end,
  ["azrelease.renderRelease"] = function(lens, context)
    ask(context.client_id, "azrelease.server.render", lens.arguments, function(result)
      vim.notify(result.message)
      vim.cmd("checktime")
    end)
  end,
  ["azrelease.rehearseStage"] = function(lens, context)
    ask(context.client_id, "azrelease.server.rehearsal", lens.arguments, function(result)
      open_terminal(result.command, result.folder)
    end)
  end,
}

local user_commands = {
  AzreleaseFinalYaml = { "azrelease.showFinalYaml", 0 },
  AzreleaseGraph = { "azrelease.showGraph", 0 },
  AzreleaseRender = { "azrelease.renderRelease", 0 },
  AzreleaseRehearse = { "azrelease.rehearseStage", 1 }, -- takes the name of a stage
}

local function refresh_lenses(buffer)
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = buffer })
    return
  end
  vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave", "BufWritePost" }, {
    buffer = buffer,
    callback = function()
      vim.lsp.codelens.refresh()
    end,
  })
  vim.api.nvim_buf_call(buffer, vim.lsp.codelens.refresh)
end

local function on_attach(client, buffer)
  vim.bo[buffer].omnifunc = "v:lua.vim.lsp.omnifunc"
  refresh_lenses(buffer)
  for name, command in pairs(user_commands) do
    vim.api.nvim_buf_create_user_command(buffer, name, function(given)
      local arguments = { vim.uri_from_bufnr(buffer), unpack(given.fargs) }
      commands[command[1]]({ arguments = arguments }, { client_id = client.id })
    end, { nargs = command[2] })
  end
end

-- Before Neovim 0.11: one server for each repository, started with its first file.
local function start_for_files(config)
  local servers = {}
  vim.api.nvim_create_autocmd("FileType", {
    pattern = config.filetypes,
    callback = function(event)
      if vim.bo[event.buf].buftype ~= "" then
        return
      end
      local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(event.buf), ":p:h")
      local git = vim.fn.finddir(".git", folder .. ";")
      local root = git == "" and folder or vim.fn.fnamemodify(git, ":p:h:h")
      if not (servers[root] and vim.lsp.get_client_by_id(servers[root])) then
        servers[root] = vim.lsp.start_client(vim.tbl_extend("force", config, { root_dir = root }))
      end
      if servers[root] then
        vim.lsp.buf_attach_client(event.buf, servers[root])
      end
    end,
  })
end

function M.setup(options)
  for name, command in pairs(commands) do
    vim.lsp.commands[name] = command
  end
  local program = options and options.program or { "azrelease" } -- a list of words
  local config = {
    name = "azrelease",
    cmd = vim.list_extend(vim.deepcopy(program), { "language-server" }),
    filetypes = { "yaml" },
    root_markers = { ".git" },
    init_options = { commands = vim.tbl_keys(commands) },
    on_attach = on_attach,
    handlers = {
      ["azrelease/finalYaml"] = function(_, changed)
        write_final(changed.uri, changed.text)
      end,
    },
  }
  if vim.lsp.config then
    vim.lsp.config("azrelease", config)
    vim.lsp.enable("azrelease")
  else
    start_for_files(config)
  end
end

return M
