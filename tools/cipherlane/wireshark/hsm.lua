-- Reads requests and answers by the table above. Written for the Lua of Wireshark 3.4 to 4.4: no bit operators.

-- A protocol of this name may be there already: this Wireshark's own, or a file that was loaded before.
local free, proto = pcall(Proto, D.proto, "Cipherlane " .. D.name .. " (cipher machine)")
if not free then
  D.proto = "cl_" .. D.proto
  proto = Proto(D.proto, "Cipherlane " .. D.name .. " (cipher machine)")
end
local prefix = D.proto .. "."

proto.prefs.ports = Pref.range("TCP ports", D.ports, "Ports of the unit", 65535)
proto.prefs.whole = Pref.bool("Show whole values", false,
  "PIN blocks, accounts, data and card numbers in the tree as they came. The bytes below it are never masked.")

local fields = {}
local function text_field(abbrev, name)
  if fields[abbrev] == nil then fields[abbrev] = ProtoField.string(prefix .. abbrev, name) end
end
for _, row in ipairs{
  {"msg.header", "Header"}, {"msg.code", "Command"}, {"msg.title", "Title"}, {"msg.status", "Status"},
  {"msg.meaning", "Meaning"}, {"msg.fault", "Fault"}} do
  text_field(row[1], row[2])
end

-- Commands by the code that is sent, and each layout's items by name.
local commands = {}
local layouts = {"request", "answer", "second_answer", "diagnostic"}
for _, command in ipairs(D.commands) do
  commands[command.wire] = command
  for _, which in ipairs(layouts) do
    local layout = command[which]
    layout.by_name = {}
    for _, item in ipairs(layout) do
      if item.abbrev ~= nil then text_field(item.abbrev, item.label) end
      if item.name ~= 0 and layout.by_name[item.name] == nil then layout.by_name[item.name] = item end
    end
  end
end
local schemes = {}
for _, scheme in ipairs(D.schemes) do schemes[scheme.tag] = scheme end
text_field("lmk_id", "lmk_id")
text_field("trailer", "trailer")
local list = {}
for _, field in pairs(fields) do list[#list + 1] = field end
proto.fields = list
local broken = ProtoExpert.new(prefix .. "broken", "Not as the profile has it", expert.group.MALFORMED,
  expert.severity.ERROR)
proto.experts = {broken}

-- Text ---------------------------------------------------------------------------------------------------------------

local function to_hex(data)
  return (data:gsub(".", function(c) return string.format("%02X", c:byte()) end))
end

local function from_hex(data)
  return (data:gsub("..", function(two) return string.char(tonumber(two, 16) or 0) end))
end

local function printable(data)
  return (data:gsub("[\0-\31\\\127-\255]", function(c) return string.format("\\x%02X", c:byte()) end))
end

local function masked_pan(digits)
  if #digits < D.pan.shortest then return ("*"):rep(#digits) end
  return digits:sub(1, D.pan.first) .. ("*"):rep(#digits - D.pan.first - D.pan.last) .. digits:sub(-D.pan.last)
end

local function shown(item, value)
  local masks = not proto.prefs.whole
  if masks and item.label == "pan" then return printable(masked_pan(value)) end
  if masks and not item.open then return "(" .. #value .. " left out)" end
  if item.kind == "hex" or item.kind == "binary" then return to_hex(value) end
  return printable(value)
end

-- Reading ------------------------------------------------------------------------------------------------------------

local function wrong(what, item)
  error({what = what, field = item ~= nil and item.label or "message"}, 0)
end

-- Why a call failed, in words; a fault of this program itself too.
local function words_of(fault)
  if type(fault) ~= "table" then return tostring(fault) end
  return fault.what .. ", field " .. fault.field
end

-- Hex digits from `start` on: where they end. All offsets count from 0.
local function hex_extent(text, start, digits, item)
  local there = text:sub(start + 1, start + digits)
  if there:find("%X") then wrong("no hex digits", item) end
  if #there < digits then wrong("incomplete", item) end
  return start + digits
end

local function block_extent(text, item)
  if #text < 6 then wrong("incomplete", item) end
  local size = text:sub(3, 6):find("^%d%d%d%d$") and tonumber(text:sub(3, 6), 10) or 0
  if size < 16 then wrong("no key block", item) end
  if #text < 1 + size then wrong("incomplete", item) end
  return 1 + size
end

local function key_extent(text, untagged, item)
  if text == "" then wrong("incomplete", item) end
  local tag = text:sub(1, 1)
  if tag:find("%x") then return hex_extent(text, 0, untagged, item) end
  if tag == D.marks.stored and D.index_digits ~= 0 then return hex_extent(text, 1, D.index_digits, item) end
  local scheme = schemes[tag]
  if scheme == nil then wrong("no such key scheme", item) end
  if D.index_digits ~= 0 and text:sub(2, 2) == D.marks.stored then return hex_extent(text, 2, D.index_digits, item) end
  if scheme.digits == 0 then return block_extent(text, item) end
  return hex_extent(text, 1, scheme.digits, item)
end

local function is_dukpt_mark(text)
  return text ~= "" and D.marks.serial:find(text:sub(1, 1), 1, true) ~= nil
end

-- The length of a key serial number by the hex digits that describe it.
local function serial_size(described)
  local size = D.marks.serial_least
  for digit in described:gmatch(".") do size = size + tonumber(digit, 16) end
  return size
end

local function dukpt_key_extent(text, untagged, item)
  if not is_dukpt_mark(text) then return key_extent(text, untagged, item) end
  local at = 1 + key_extent(text:sub(2), 32, item)
  local described = hex_extent(text, at, D.marks.description, item)
  return hex_extent(text, described, serial_size(text:sub(at + 1, described)), item)
end

-- Whether the key's cipher has blocks of 16 bytes: "wide", "usual", or "open" where the text does not say.
local function block_size_of(key)
  if key == nil or key == "" then return "open" end
  if key:find("^%x") or is_dukpt_mark(key) then return "usual" end
  local scheme = schemes[key:sub(1, 1)]
  if scheme == nil then return "open" end
  if scheme.cipher == "des" or scheme.cipher == "tdes" then return "usual" end
  if scheme.cipher ~= "any" then return "wide" end
  local algorithm = key:sub(9, 9)
  if algorithm == "A" then return "wide" end
  return (algorithm == "T" or algorithm == "D") and "usual" or "open"
end

local reader = {}
reader.__index = reader

-- `asked`: of an answer the request's values, with their layout.
local function new_reader(layout, data, request, asked)
  return setmetatable({layout = layout, data = data, request = request, asked = asked or {}}, reader)
end

function reader:takes_second_way()
  self.forks = self.forks + 1
  return self.forks <= 4 and math.floor(self.ways / 2 ^ (self.forks - 1)) % 2 == 1
end

function reader:find(name)
  local value = self.values[name]
  if value ~= nil then return value end
  local item = self.layout.by_name[name]
  if item ~= nil then return item.preset or "" end
  value = self.asked[name]
  if value ~= nil then return value end
  item = self.request ~= nil and self.request.by_name[name] or nil
  return item ~= nil and item.preset or ""
end

function reader:holds(group)
  local value = self:find(group.subject)
  if group.when == "at_least" then
    return (tonumber(value, 10) or 0) >= (tonumber(group.values[1], 10) or 0)
  end
  local among = false
  for _, one in ipairs(group.values) do among = among or one == value end
  return among == (group.when == "equal")
end

function reader:is_present(index, last)
  local group = self.layout[index]
  if group.when ~= "given" then return self:holds(group) end
  local left = self.data:sub(self.at + 1)
  if left == "" or group.children == 0 then return false end
  local first = self.layout[index + 1]
  if first.kind == "literal" then return left:sub(1, #first.label) == first.label end
  if first.kind == "digits" and not left:find("^%d") then return false end
  return index + group.children >= last or not self:takes_second_way()
end

function reader:number(item)
  if item.prefix == "byte" or item.prefix == "word" then
    local width = item.prefix == "byte" and 1 or 2
    local data = self.data:sub(self.at + 1, self.at + width)
    if #data < width then wrong("incomplete", item) end
    self.at = self.at + width
    if width == 1 then return data:byte(1) end
    local high, low = data:byte(1, 2)
    if D.little_endian then high, low = low, high end
    return high * 256 + low
  end
  local data = self.data:sub(self.at + 1, self.at + item.width)
  if #data < item.width then wrong("incomplete", item) end
  local good = item.prefix == "decimal" and data:find("^%d+$") or item.prefix ~= "decimal" and data:find("^%x+$")
  if not good then wrong("no number", item) end
  self.at = self.at + item.width
  return tonumber(data, item.prefix == "decimal" and 10 or 16)
end

function reader:keep(item, value, from)
  if self.values[item.name] == nil then self.order[#self.order + 1] = item end
  self.values[item.name] = value
  self.places[item.name] = {from, self.at - from}
end

function reader:count(item)
  local from = self.at
  if item.prefix == "ksn" then
    local described = self.data:sub(from + 1, from + 3)
    if #described < 3 then wrong("incomplete", item) end
    if described:find("%X") then wrong("no hex digits", item) end
    self.at = from + 3
    self:keep(item, described, from)
    self.counts[item.counts] = serial_size(described)
    return
  end
  local number = self:number(item)
  if item.counts ~= 0 then self.counts[item.counts] = number * item.unit end
  self:keep(item, string.format("%d", number), from)
end

function reader:is_wide(item)
  if item.wide == 0 then return false end
  local choice = "usual"
  for _, by in ipairs(item.sizes) do
    local value = self.values[by.name] or self.asked[by.name]
    local said
    if value == nil or value == "" then
      said = "open"
    elseif by.is_key then
      said = block_size_of(value)
    else
      said = by.wide ~= "" and by.wide == value and "wide" or "usual"
    end
    if said == "wide" then return true end
    if said == "open" then choice = "open" end
  end
  return choice == "open" and self:takes_second_way()
end

function reader:greedy(item)
  local there = self.data:sub(self.at + 1, self.at + item.most)
  if item.kind == "digits" then return #there:match("^%d*") end
  if item.kind ~= "hex" then return #there end
  local size = #there:match("^%x*")
  return size - size % 2
end

-- Tag, length and content of one DER value.
function reader:der_extent(item)
  local first = self.data:byte(self.at + 2)
  if first == nil then wrong("incomplete", item) end
  if first < 128 then return 2 + first end
  local width = first - 128
  if width == 0 or width > 4 then wrong("wrong length", item) end
  if self.at + 2 + width > #self.data then wrong("incomplete", item) end
  local size = 0
  for i = 1, width do size = size * 256 + self.data:byte(self.at + 2 + i) end
  return 2 + width + size
end

-- Up to the byte that ends it, or to the end of a message that says how long it is.
function reader:ended(item)
  local stop = self.data:find(string.char(item.stop), self.at + 1, true)
  if stop == nil and D.stream then wrong("incomplete", item) end
  return (stop or #self.data + 1) - self.at - 1
end

function reader:extent(item)
  local left = #self.data - self.at
  local size
  if item.rule == "ended" then return self:ended(item) end
  if item.rule == "self" and item.kind == "binary" then return self:der_extent(item) end
  if item.rule == "fixed" then return self:is_wide(item) and item.wide or item.least end
  if item.rule == "rest" then return left end
  if item.rule == "self" then
    local untagged = item.least
    local flag = self.values[D.length_flag]
    if flag ~= nil and flag:find("^[0-2]$") then untagged = 16 * (tonumber(flag, 10) + 1) end
    local text = self.data:sub(self.at + 1)
    return item.takes_serial and dukpt_key_extent(text, untagged, item) or key_extent(text, untagged, item)
  end
  if item.rule == "range" then size = self:greedy(item) end
  if item.rule == "prefixed" then size = self:number(item) * item.unit end
  if item.rule == "counted" then size = self.counts[item.counts] or 0 end
  if item.rule == "range" and size < item.least and size == left then wrong("incomplete", item) end
  if size < item.least or size > item.most then wrong("wrong length", item) end
  return size
end

function reader:store(item, data, from)
  if item.kind == "hex" then
    if #data % 2 ~= 0 or data:find("%X") then wrong("no hex digits", item) end
    return self:keep(item, from_hex(data), from)
  end
  if item.kind == "key" and item.rule ~= "self" then return self:keep(item, to_hex(data), from) end
  local figures = data
  if item.wide ~= 0 and #data == item.wide then figures = data:gsub("^F+(.)", "%1") end
  if item.kind == "digits" and figures:find("%D") then wrong("no digits", item) end
  return self:keep(item, data, from)
end

function reader:item(item)
  local left = self.data:sub(self.at + 1)
  if item.kind == "literal" then
    local there = left:sub(1, #item.label)
    if there ~= item.label:sub(1, #there) then wrong("not what stands here", item) end
    if #there < #item.label then wrong("incomplete", item) end
    self.at = self.at + #item.label
    return
  end
  if item.kind == "length" then return self:count(item) end
  local size = self:extent(item)
  local from = self.at
  if size > #self.data - from then wrong("incomplete", item) end
  self.at = from + size
  self:store(item, self.data:sub(from + 1, from + size), from)
  if item.rule == "ended" and self.at < #self.data then self.at = self.at + 1 end -- what ended it
end

function reader:range(from, to)
  local i = from
  while i <= to do
    local item = self.layout[i]
    if item.kind == "group" then
      if self:is_present(i, #self.layout) then self:range(i + 1, i + item.children) end
      i = i + item.children
    else
      self:item(item)
    end
    i = i + 1
  end
end

-- Returns true where the layout fits what is there.
function reader:once(ways)
  self.ways, self.forks, self.at = ways, 0, 0
  self.values, self.order, self.places, self.counts = {}, {}, {}, {}
  local good, fault = pcall(self.range, self, 1, #self.layout)
  self.fault = not good and fault or nil
  return good
end

function reader:is_whole()
  if self.fault ~= nil then return false end
  local next = self.data:sub(self.at + 1, self.at + 1)
  return next == "" or next == D.lmk_selector or next == D.message_end
end

-- Reads the layout: the way that uses up everything, where nothing tells which of two is meant.
function reader:read()
  self:once(0)
  local forks = math.min(self.forks, 4)
  if forks == 0 or self:is_whole() or D.stream then return self.fault == nil end
  for other = 1, 2 ^ forks - 1 do
    self:once(other)
    if self:is_whole() then return true end
  end
  return self:once(0)
end

-- Trailer and selector of the local master key behind the fields.
function reader:tail(from)
  if D.stream then return end
  local rest = self.data:sub(self.at + 1)
  self.behind = {}
  if #rest >= 3 and rest:sub(1, 1) == D.lmk_selector then
    self.behind[1] = {"lmk_id", from + self.at + 1, rest:sub(2, 3)}
    rest = rest:sub(4)
  end
  if rest:sub(1, 1) == D.message_end and #rest <= 33 then
    if #rest > 1 then self.behind[#self.behind + 1] = {"trailer", from + #self.data - #rest + 1, rest:sub(2)} end
    rest = ""
  end
  if rest ~= "" then self.fault = {what = #rest .. " bytes behind the last field", field = "end"} end
end

-- Messages -----------------------------------------------------------------------------------------------------------

local function has(list, what)
  for _, one in ipairs(list) do
    if one == what then return true end
  end
  return false
end

local function read_request(body)
  local command = commands[body:sub(1, 2)]
  local made = {code = body:sub(1, 2), consumed = #body}
  if #body < 2 then
    made.fault = {what = "incomplete", field = "command"}
  elseif command == nil then
    made.fault = {what = "the profile has no such command", field = "command"}
  else
    made.command, made.code, made.title = command, command.code, command.title
    made.from = #command.wire
    made.fields = new_reader(command.request, body:sub(made.from + 1))
    if made.fields:read() then
      made.fields:tail(made.from)
      if D.stream then made.consumed = made.from + made.fields.at end
    end
    made.fault = made.fields.fault
  end
  return made
end

local function read_fields(made, layout, body, from, asked)
  made.from = from
  made.fields = new_reader(layout, body:sub(from + 1), asked.command.request, asked.fields.values)
  if made.fields:read() then
    made.fields:tail(from)
    if D.stream then made.consumed = from + made.fields.at end
  end
  made.fault = made.fields.fault
  return made
end

local function meaning_of(command, status)
  if status == "00" then return nil end
  return command.errors[status] or D.errors[status]
end

local function read_flag_answer(body, asked)
  local made = {command = asked.command, code = asked.command.code, title = asked.command.title, consumed = #body}
  if body:sub(1, 1) == D.refused and #body > 1 then
    made.status = to_hex(body:sub(2, 2))
    made.meaning = meaning_of(asked.command, made.status)
    made.consumed = 2
    if not D.stream and #body > 2 then made.fault = {what = "bytes behind the status", field = "end"} end
    return made
  end
  if body:sub(1, 1) ~= D.good then
    made.fault = {what = #body < 2 and "incomplete" or "neither " .. D.good .. " nor " .. D.refused, field = "answer"}
    return made
  end
  made.status = "00"
  return read_fields(made, asked.command.answer, body, 1, asked)
end

local function read_racal_answer(body, asked)
  local command = asked.command
  local made = {command = command, code = command.code, title = command.title, consumed = #body}
  if #body < 4 then
    made.fault = {what = "incomplete", field = "answer"}
    return made
  end
  local layout = command.answer
  local code = body:sub(1, 2)
  if code == command.second_answer_wire then
    layout = command.second_answer
  elseif code ~= command.answer_wire then
    made.fault = {what = "answers another command", field = "answer"}
    made.code = code
    return made
  end
  made.status = body:sub(3, 4)
  made.meaning = meaning_of(command, made.status)
  local refused = made.status ~= "00" and not has(command.warnings, made.status)
  if refused then
    if not has(command.diagnostic_on, made.status) then return made end
    layout = command.diagnostic
  end
  return read_fields(made, layout, body, 4, asked)
end

-- Which request waits on a connection, by header; what each message turned out to be, for when it is shown again.
local stream_of = Field.new("tcp.stream")
local waiting = {}
local known = {}

function proto.init()
  waiting, known = {}, {}
end

-- The request that an answer belongs to, and its place. One that was answered waits on where its command answers twice.
local function take_request(queue, header, code)
  for i, asked in ipairs(queue) do
    local second = asked.answered and asked.command.second_answer_wire == code
    if asked.header == header and (second or not asked.answered) then return i, asked end
  end
end

-- Those that were answered once and asked for again: no second answer comes any more.
local function forget_answered(queue, header)
  for i = #queue, 1, -1 do
    if queue[i].answered and queue[i].header == header then table.remove(queue, i) end
  end
end

local function understand(body, header, is_request)
  local stream = stream_of().value
  local queue = waiting[stream] or {}
  waiting[stream] = queue
  if is_request then
    forget_answered(queue, header)
    local made = read_request(body)
    made.header, made.is_request = header, true
    local incomplete = made.fault ~= nil and made.fault.what == "incomplete"
    if not (D.stream and incomplete) then queue[#queue + 1] = made end
    return made
  end
  local place, asked = take_request(queue, header, body:sub(1, 2))
  if asked == nil or asked.command == nil or asked.fault ~= nil then
    if place ~= nil then table.remove(queue, place) end
    return {fault = {what = "no request of this capture that it answers", field = "answer"}, consumed = #body,
      code = body:sub(1, 2)}
  end
  local made = D.flag and read_flag_answer(body, asked) or read_racal_answer(body, asked)
  local incomplete = made.fault ~= nil and made.fault.what == "incomplete"
  local twice = asked.command.second_answer_wire ~= "" and not asked.answered and made.status == "00"
  asked.answered = true
  if not (D.stream and incomplete) and not twice then table.remove(queue, place) end
  return made
end

local function add_fields(tree, tvb, made, at)
  if made.fields == nil then return end
  for _, item in ipairs(made.fields.layout) do
    local value = item.name ~= 0 and made.fields.values[item.name] or nil
    if value ~= nil and not made.told[item.label] then
      made.told[item.label] = true
      local place = made.fields.places[item.name]
      local size = math.max(place[2], 0)
      local from = at + made.from + place[1]
      if size == 0 then from, size = math.min(from, tvb:len() - 1), 1 end
      tree:add(fields[item.abbrev], tvb:range(from, size), shown(item, value))
    end
  end
  for _, one in ipairs(made.fields.behind or {}) do
    tree:add(fields[one[1]], tvb:range(at + one[2], #one[3]), printable(one[3]))
  end
end

-- One message at the start of `tvb`: the bytes that it took; nil while it is not whole.
local function add_message(tvb, pinfo, root, is_request)
  local outside = D.stream and 0 or 2
  local whole = tvb:raw(0, tvb:len())
  local header = whole:sub(outside + 1, outside + D.header_length)
  local at = outside + D.header_length
  local body = whole:sub(at + 1)
  local key = pinfo.number .. ":" .. tostring(is_request) .. ":" .. whole
  local made = known[key] or understand(body, header, is_request)
  if D.stream and made.fault ~= nil and made.fault.what == "incomplete" then return nil end
  known[key] = made
  local size = math.min(at + made.consumed, #whole)
  local tree = root:add(proto, tvb:range(0, size))
  tree:append_text(is_request and ", request" or ", answer")
  if D.header_length ~= 0 then tree:add(fields["msg.header"], tvb:range(outside, D.header_length), printable(header)) end
  if made.code ~= nil then
    tree:add(fields["msg.code"], tvb:range(at, math.min(2, #body)), printable(made.code))
    pinfo.cols.info:append(" " .. printable(made.code))
  end
  if made.title ~= nil then
    tree:add(fields["msg.title"], tvb:range(at, #body), made.title):set_generated()
    pinfo.cols.info:append(" " .. made.title)
  end
  if made.status ~= nil then
    tree:add(fields["msg.status"], tvb:range(at, #body), printable(made.status))
    pinfo.cols.info:append(" status " .. printable(made.status))
  end
  if made.meaning ~= nil then
    tree:add(fields["msg.meaning"], tvb:range(at, #body), made.meaning):set_generated()
  end
  made.told = {}
  if made.fault == nil then add_fields(tree, tvb, made, at) end
  if made.fault ~= nil then
    tree:add(fields["msg.fault"], tvb:range(at, #body), words_of(made.fault)):add_proto_expert_info(broken)
  end
  return size
end

local function goes_to_unit(pinfo)
  return pinfo.match_uint == pinfo.dst_port
end

function proto.dissector(tvb, pinfo, root)
  pinfo.cols.protocol = D.proto
  pinfo.cols.info = D.name
  local is_request = goes_to_unit(pinfo)
  if not D.stream then
    dissect_tcp_pdus(tvb, root, 2, function(rest, _, at)
      local high, low = rest:raw(at, 2):byte(1, 2)
      local size = high * 256 + low
      local can_be = size <= D.largest and size >= D.header_length + 2
      return can_be and 2 + size or rest:len() - at
    end, function(one, info, tree)
      if one:len() < 4 + D.header_length then
        local item = tree:add(proto, one:range(0, one:len()))
        item:add(fields["msg.fault"], one:range(0, one:len()), "wrong length, field length")
        return one:len()
      end
      add_message(one, info, tree, is_request)
      return one:len()
    end)
    return tvb:len()
  end
  local at = 0
  while at < tvb:len() do
    local used = add_message(tvb:range(at):tvb(), pinfo, root, is_request)
    if used == nil or used == 0 then
      pinfo.desegment_offset = at
      pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
      return at
    end
    at = at + used
  end
  return tvb:len()
end

-- Ports --------------------------------------------------------------------------------------------------------------

local tcp = DissectorTable.get("tcp.port")
local ports = proto.prefs.ports
tcp:add(ports, proto)
tcp:add_for_decode_as(proto)
function proto.prefs_changed()
  if ports == proto.prefs.ports then return end
  tcp:remove(ports, proto)
  ports = proto.prefs.ports
  tcp:add(ports, proto)
end
