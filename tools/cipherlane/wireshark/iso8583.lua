-- Reads messages by the table above. Written for the Lua of Wireshark 3.4 to 4.4: no bit operators, no integers.

-- A protocol of this name may be there already: this Wireshark's own, or a file that was loaded before.
local free, proto = pcall(Proto, D.proto, "Cipherlane " .. D.name .. " (ISO 8583)")
if not free then
  D.proto = "cl_" .. D.proto
  proto = Proto(D.proto, "Cipherlane " .. D.name .. " (ISO 8583)")
end
local prefix = D.proto .. "."

proto.prefs.ports = Pref.range("TCP ports", D.ports, "Ports of the host", 65535)
proto.prefs.whole = Pref.bool("Show whole values", false,
  "Card numbers, tracks, PIN blocks and keys in the tree as they came. The bytes below it are never masked.")

local fields = {}
local function text_field(abbrev, name)
  if fields[abbrev] == nil then fields[abbrev] = ProtoField.string(prefix .. abbrev, name) end
end
for _, row in ipairs{
  {"poll", "Poll"}, {"tpdu", "TPDU"}, {"lri", "Dial-monitor header"}, {"header", "Header"}, {"mti", "Message type"},
  {"bitmap", "Fields"}, {"trailer", "Trailer"}, {"fault", "Fault"}, {"unknown", "Sub-field without a row"}} do
  text_field(row[1], row[2])
end
local function part_fields(spec)
  if spec == nil then return end
  for _, part in ipairs(spec.parts) do
    text_field(part.abbrev, part.tag .. " " .. part.name)
    part_fields(part.inside)
  end
end
local by_number = {}
for _, spec in ipairs(D.fields) do
  by_number[spec.number] = spec
  text_field(spec.abbrev, spec.number .. " " .. spec.name)
  part_fields(spec.inside)
end
for _, piece in ipairs(D.pieces) do
  text_field(piece.abbrev, piece.name)
  for _, part in ipairs(piece.parts) do text_field(part.abbrev, part.name) end
end
local list = {}
for _, field in pairs(fields) do list[#list + 1] = field end
proto.fields = list
local broken = ProtoExpert.new(prefix .. "broken", "Not as the dialect has it", expert.group.MALFORMED,
  expert.severity.ERROR)
proto.experts = {broken}

-- Text ---------------------------------------------------------------------------------------------------------------

local function to_hex(data)
  return (data:gsub(".", function(c) return string.format("%02X", c:byte()) end))
end

local function from_hex(data)
  return (data:gsub("..", function(two) return string.char(tonumber(two, 16) or 0) end))
end

local function from_ebcdic(data)
  return (data:gsub(".", function(c) return D.ebcdic:sub(c:byte() + 1, c:byte() + 1) end))
end

local pairs_of_gbk = {}
for lead, row in pairs(D.gbk) do
  local trail = 0x40
  for character in row:gmatch("[\1-\127\194-\244][\128-\191]*") do
    pairs_of_gbk[string.char(lead, trail)] = character ~= "?" and character or nil
    trail = trail + 1
  end
end

-- GBK as UTF-8; nil where it is none.
local function from_gbk(data)
  local made, at = {}, 1
  while at <= #data do
    local size = data:byte(at) < 128 and 1 or 2
    local character = size == 1 and data:sub(at, at) or pairs_of_gbk[data:sub(at, at + 1)]
    if character == nil then return nil end
    made[#made + 1] = character
    at = at + size
  end
  return table.concat(made)
end

local function printable(data)
  local text = from_gbk(data)
  if text == nil then return "hex " .. to_hex(data) end
  return '"' .. text:gsub("%c", "?") .. '"'
end

local function masked_pan(digits)
  if #digits < D.pan.shortest then return ("*"):rep(#digits) end
  return digits:sub(1, D.pan.first) .. ("*"):rep(#digits - D.pan.first - D.pan.last) .. digits:sub(-D.pan.last)
end

local function hidden(size, kind)
  local unit = " characters]"
  if kind == "digits" or kind == "track" then unit = " digits]" end
  if kind == "binary" then unit = " bytes]" end
  return "[" .. size .. unit
end

-- Personal numbers in what no table hides, as `personal_numbers_in`, `masked_unnamed` and `holds_personal` of the
-- library have it. A number: where it stands, its size, what it is. A run: digits that belong together, and the place
-- of each.
local identity_digits = 18

local function luhn(digits)
  local sum, twice = 0, false
  for at = #digits, 1, -1 do
    local value = digits:byte(at) - 48
    if twice then value = value * 2 > 9 and value * 2 - 9 or value * 2 end
    sum, twice = sum + value, not twice
  end
  return sum % 10 == 0
end

local function is_card(digits)
  return #digits >= 13 and #digits <= D.card.longest and digits:find("[^" .. digits:sub(1, 1) .. "]") ~= nil and
    luhn(digits)
end

local function is_mobile(digits)
  return digits:find("^1[3-9]") ~= nil and #digits == 11
end

-- GB 11643: region, date of birth, order, check character.
local function has_form_of_identity(text)
  if #text ~= identity_digits or text:sub(1, 1) == "0" then return false end
  local century, month, day = text:match("^%d%d%d%d%d%d(%d%d)%d%d(%d%d)(%d%d)")
  month, day = tonumber(month, 10), tonumber(day, 10)
  return (century == "19" or century == "20") and month >= 1 and month <= 12 and day >= 1 and day <= 31
end

local identity_weights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
local function is_identity(text)
  if not has_form_of_identity(text) then return false end
  local sum = 0
  for at, weight in ipairs(identity_weights) do sum = sum + weight * (text:byte(at) - 48) end
  local check = sum % 11 + 1
  return ("10X98765432"):sub(check, check) == text:sub(-1)
end

local function run_at(text, at)
  local digits, places = {}, {}
  local function take(c)
    digits[#digits + 1] = c
    places[#places + 1] = at
  end
  while at <= #text do
    local c = text:sub(at, at)
    if c:find("%d") then
      take(c)
    elseif not text:find("^[ %-][%dXx]", at) then
      break
    end
    at = at + 1
  end
  if text:find("^[Xx]", at) and #digits + 1 >= identity_digits then take("X") end
  return table.concat(digits), places
end

local function whole_number(digits, from)
  local rest = digits:sub(from)
  for _, country in ipairs{"", "86", "0086"} do
    if rest:sub(1, #country) == country and is_mobile(rest:sub(#country + 1)) then
      return from + #country, #rest - #country, "mobile"
    end
  end
  if is_card(rest) then return from, #rest, "card" end
end

-- Packed digits may have a zero in front.
local function behind_a_zero(digits)
  if digits:sub(1, 1) == "0" then return whole_number(digits, 2) end
end

local function card_behind_its_length(digits)
  local size = #digits > 2 and tonumber(digits:sub(1, 2), 10) or 0
  if size ~= 0 and #digits >= 2 + size and is_card(digits:sub(3, 2 + size)) then return 3, size, "card" end
end

local function card_in_front(digits)
  if #digits <= D.card.longest or not digits:find("^[2-6]") then return nil end
  for _, size in ipairs{19, 16} do
    if is_card(digits:sub(1, size)) then return 1, size, "card" end
  end
end

-- One whose check character is right stands anywhere; another at the end, alone or behind its document's type.
local function identity_in(digits)
  local last = #digits - identity_digits + 1
  for at = 1, last do
    if is_identity(digits:sub(at, at + identity_digits - 1)) then return at, identity_digits, "identity" end
  end
  if last >= 1 and last <= 3 and has_form_of_identity(digits:sub(last)) then
    return last, identity_digits, "identity"
  end
end

local looks = {function(digits) return whole_number(digits, 1) end, behind_a_zero, card_behind_its_length,
  card_in_front, identity_in}

local function part_of(digits)
  if digits:sub(-1) == "X" then
    local at, size, kind = identity_in(digits)
    if at ~= nil then return at, size, kind end
    digits = digits:sub(1, -2)
  end
  -- An identity number may pass the check of a card.
  if has_form_of_identity(digits) then return 1, identity_digits, "identity" end
  for _, look in ipairs(looks) do
    local at, size, kind = look(digits)
    if at ~= nil then return at, size, kind end
  end
end

-- Where a magnetic stripe's data end behind a card number; `at` where none follow.
local function end_of_track(text, at)
  if text:sub(at, at) == "^" then return text:find("?", at, true) or #text + 1 end
  local behind = text:match("^[Dd=]%d+()", at)
  return behind ~= nil and behind - at > 3 and behind or at
end

local function personal_numbers_in(text)
  local made = {}
  local at = text:find("%d")
  while at ~= nil do
    local digits, places = run_at(text, at)
    local first, size, kind = part_of(digits)
    if first == nil then
      -- The groups together are nothing; each may be.
      digits = text:match("^%d+", at)
      first, size, kind = part_of(digits)
    end
    if first == nil then
      at = places[#digits] + 1
    else
      local number = {at = places[first], kind = kind}
      at = places[first + size - 1] + 1
      local behind = kind == "card" and end_of_track(text, at) or at
      if behind ~= at then number.kind = "track" end
      at = behind
      number.size = at - number.at
      made[#made + 1] = number
    end
    at = text:find("%d", at)
  end
  return made
end

-- The first and the last digits of a phone's or a person's number.
local function masked_phone(text)
  local _, all = text:gsub("%d", "")
  local seen = 0
  return (text:gsub("%d", function()
    seen = seen + 1
    local open = all >= D.phone.shortest and (seen <= D.phone.first or seen > all - D.phone.last)
    return not open and "*" or nil
  end))
end

local function is_of_a_card(number)
  return number.kind == "card" or number.kind == "track"
end

local function with_mask(text, number)
  local behind = number.at + number.size
  local stripe = number.kind == "track" and text:find("[%^=Dd]", number.at) or behind
  local part = text:sub(number.at, stripe - 1)
  local digits = part:gsub("[ %-]", ""):gsub("[Xx]", "0")
  local masked, next_at = is_of_a_card(number) and masked_pan(digits) or masked_phone(digits), 0
  part = part:gsub("[%dXx]", function(c)
    next_at = next_at + 1
    local shown = masked:sub(next_at, next_at)
    return shown == "*" and shown or c
  end)
  return text:sub(1, number.at - 1) .. part .. text:sub(stripe, stripe == behind and stripe - 1 or stripe) ..
    ("*"):rep(behind - stripe - 1) .. text:sub(behind)
end

local function masked_numbers(text)
  for _, number in ipairs(personal_numbers_in(text)) do text = with_mask(text, number) end
  return text
end

-- A phone number with its country, or a mail address; nil where the text is neither.
local function masked_personal(text)
  local _, digits = text:gsub("%d", "")
  if text:find("^%+[%d %-()]+$") and digits >= 7 and digits <= 15 then return masked_phone(text) end
  local name, domain = text:match("^([%w%._%%+%-]+)(@[%w%._%%+%-]+)$")
  return name ~= nil and name:sub(1, 1) .. ("*"):rep(#name - 1) .. domain or nil
end

-- Digits that are characters are not taken for packed ones.
local function packed_numbers_in(data)
  if not data:find("%D") then return {} end
  local digits = to_hex(data)
  for _, number in ipairs(personal_numbers_in(data)) do
    digits = digits:sub(1, 2 * number.at - 2) .. ("."):rep(2 * number.size) ..
      digits:sub(2 * (number.at + number.size) - 1)
  end
  return personal_numbers_in(digits)
end

local function masked_hex(data)
  local text, digits = masked_numbers(data), to_hex(data)
  for _, number in ipairs(packed_numbers_in(data)) do digits = with_mask(digits, number) end
  return (digits:gsub("()..", function(at)
    local place = (at + 1) / 2
    return text:byte(place) ~= data:byte(place) and "**" or nil
  end))
end

-- Whether bits that may be anything are personal. Cards of payment begin with 2 to 6.
local function holds_personal(data)
  if masked_personal(data) ~= nil then return true end
  for _, number in ipairs(personal_numbers_in(data)) do
    if not is_of_a_card(number) or data:find("^[2-6]", number.at) then return true end
  end
  local digits = to_hex(data)
  for _, number in ipairs(packed_numbers_in(data)) do
    local begins = number.at == 1 or (number.at == 2 and digits:sub(1, 1) == "0")
    local plausible = number.kind == "identity" or digits:find("^[2-6]", number.at)
    if begins and number.kind ~= "mobile" and plausible then return true end
  end
  return false
end

local function masked_unnamed(data)
  local whole = masked_personal(data)
  if whole ~= nil then return '"' .. whole .. '"' end
  if data ~= "" and not data:find("[^ -~]") then
    local masked = masked_numbers(data)
    if masked ~= data then return '"' .. masked .. '"' end
  end
  return masked_hex(data)
end

-- Text or bytes of no fixed length (`free`) may hold anything.
local function shown(data, kind, mask, free)
  local masks = not proto.prefs.whole
  if masks and mask == "pan" then return masked_pan(data) end
  if masks and mask ~= "none" then return hidden(#data, kind) end
  if kind == "binary" then return masks and free and holds_personal(data) and masked_hex(data) or to_hex(data) end
  if kind ~= "alnum" and kind ~= "text" and kind ~= "gbk" then return data end
  return printable(masks and free and (masked_personal(data) or masked_numbers(data)) or data)
end

-- Numbers ------------------------------------------------------------------------------------------------------------

-- The number that `data` is in this form; nil where it is none.
local function number_of(form, data)
  local digits
  if form == "binary" then
    local sum = 0
    for i = 1, #data do sum = sum * 256 + data:byte(i) end
    return sum
  elseif form == "little" then
    return number_of("binary", data:reverse())
  elseif form == "bcd" then
    digits = to_hex(data)
  elseif form == "hex" then
    return data:find("^%x+$") and tonumber(data, 16) or nil
  elseif form == "ebcdic" then
    digits = from_ebcdic(data)
  else
    digits = data
  end
  return digits:find("^%d+$") and tonumber(digits, 10) or nil
end

local function prefix_bytes(spec)
  if spec.prefix == "bcd" or spec.prefix == "binary" then return math.floor((spec.length + 1) / 2) end
  return spec.length
end

local function wire_bytes(spec, units)
  if spec.encoding == "hex" then return units * 2 end
  if spec.encoding ~= "bcd" then return units end
  if spec.kind == "signed_digits" then return math.floor(units / 2) + 1 end
  return math.floor((units + 1) / 2)
end

-- Sub-fields ---------------------------------------------------------------------------------------------------------

-- A value: its bytes, and where they stand in the capture (`at`, nil where they were converted) or what they are from.
local function value_range(tvb, value, from, size)
  if value.at == nil then return value.range end
  return tvb:range(value.at + from, size)
end

local readers = {}

function readers.positional(spec, data, state)
  if state.at == #data then return nil end
  state.part = (state.part or 0) + 1
  local part = spec.parts[state.part]
  if part == nil then return nil, "bytes behind the last sub-field" end
  local left = #data - state.at
  local size = part.max
  if state.part == #spec.parts and left < size then size = left end
  if left < size or size < part.min then return nil, part.tag .. " is cut" end
  state.at = state.at + size
  return {tag = part.tag, row = part, from = state.at - size, size = size}
end

local function found(spec, tag, from, size, data, state)
  if #data - from < size then return nil, tag .. " is cut" end
  local row = spec.by_tag[tag]
  if row == nil and spec.refuses then return nil, tag .. " is not known" end
  if row ~= nil and (size < row.min or size > row.max) then return nil, tag .. " has a wrong length" end
  state.at = from + size
  return {tag = tag, row = row, from = from, size = size}
end

function readers.tagged(spec, data, state)
  if state.at == #data then return nil end
  local head = spec.tag_bytes + spec.length_bytes
  if #data - state.at < head then return nil, "a tag is cut" end
  local tag = data:sub(state.at + 1, state.at + spec.tag_bytes)
  if spec.tag == "binary" then tag = to_hex(tag) end
  local size = number_of(spec.length, data:sub(state.at + spec.tag_bytes + 1, state.at + head))
  if size == nil then return nil, tag .. " has no length" end
  return found(spec, tag, state.at + head, size, data, state)
end

function readers.ber_tlv(spec, data, state)
  if state.at == #data then return nil end
  local start = state.at + 1
  local last = start
  if data:byte(start) % 32 == 31 then
    repeat
      if last == #data then return nil, "a tag is cut" end
      if last - start == 2 then return nil, "a tag is too long" end
      last = last + 1
    until data:byte(last) < 128
  end
  local tag = to_hex(data:sub(start, last))
  local size = data:byte(last + 1)
  if size == nil then return nil, tag .. " is cut" end
  local from = last + 1
  if size > 127 then
    local count = size - 128
    if count == 0 or count > 2 then return nil, tag .. " has no length" end
    size = number_of("binary", data:sub(from + 1, from + count))
    from = from + count
    if from > #data then return nil, tag .. " is cut" end
  end
  return found(spec, tag, from, size, data, state)
end

local function inner_bitmap(spec, data, state)
  local size = spec.bitmap_bytes * (spec.bitmap == "hex" and 2 or 1)
  state.bits, state.bit, state.most = {}, 0, 0
  local follows = true
  while follows do
    if state.most / 8 + spec.bitmap_bytes > D.inner_bitmap_bytes then return "too many bitmaps" end
    local wire = data:sub(state.at + 1, state.at + size)
    if #wire < size then return "the bitmap is cut" end
    if spec.bitmap == "hex" then
      if not wire:find("^%x+$") then return "the bitmap is no hex" end
      wire = from_hex(wire)
    end
    for i = 1, #wire do
      local byte = wire:byte(i)
      for bit = 1, 8 do
        state.bits[state.most + 8 * (i - 1) + bit] = math.floor(byte / 2 ^ (8 - bit)) % 2 == 1
      end
    end
    follows = spec.goes_on and state.bits[state.most + 1]
    if follows then state.bits[state.most + 1] = false end
    state.most = state.most + 8 * spec.bitmap_bytes
    state.at = state.at + size
  end
end

function readers.bitmap(spec, data, state)
  if state.bits == nil then
    if #data == 0 then return nil end
    local fault = inner_bitmap(spec, data, state)
    if fault ~= nil then return nil, fault end
  end
  repeat
    state.bit = state.bit + 1
    if state.bit > state.most then
      return nil, state.at ~= #data and "bytes behind the last sub-field" or nil
    end
  until state.bits[state.bit]
  local row = spec.by_bit[state.bit]
  if row == nil then return nil, state.bit .. " has no row" end
  local units = row.max
  if row.length ~= 0 then
    local size = prefix_bytes(row)
    units = number_of(row.prefix, data:sub(state.at + 1, state.at + size))
    if units == nil or #data - state.at < size then return nil, row.tag .. " has no length" end
    state.at = state.at + size
  end
  local size = wire_bytes({encoding = row.encoding}, units)
  if #data - state.at < size then return nil, row.tag .. " is cut" end
  if units < row.min or units > row.max then return nil, row.tag .. " has a wrong length" end
  state.at = state.at + size
  return {tag = row.tag, row = row, from = state.at - size, size = size, units = units}
end

local function part_text(part, data)
  local how = part.row ~= nil and part.row.encoding or "binary"
  if part.units == nil then return data end
  if how == "bcd" then
    local digits = to_hex(data)
    return part.units % 2 ~= 0 and digits:sub(2) or digits
  end
  return how == "ebcdic" and from_ebcdic(data) or data
end

local function index(spec)
  if spec.by_tag ~= nil then return end
  spec.by_tag, spec.by_bit = {}, {}
  for _, part in ipairs(spec.parts) do
    spec.by_tag[part.tag] = part
    spec.by_bit[tonumber(part.tag:match("(%d+)$")) or 0] = part
  end
end

-- Sub-fields of `value` under `tree`. `outer`: the mask of the whole.
local function add_parts(tvb, tree, spec, value, outer)
  index(spec)
  local state = {at = 0}
  while true do
    local part, fault = readers[spec.style](spec, value.data, state)
    if part == nil then
      if fault ~= nil then
        local item = tree:add(fields.fault, tvb:range(value.range:offset(), value.range:len()), fault)
        item:add_proto_expert_info(broken)
      end
      return
    end
    local data = value.data:sub(part.from + 1, part.from + part.size)
    local range = part.size ~= 0 and value_range(tvb, value, part.from, part.size) or value.range
    local row = part.row
    if row == nil then
      local mask = outer == "secret" and "secret" or "none"
      local masks = not proto.prefs.whole and mask == "none"
      tree:add(fields.unknown, range, part.tag .. " " .. (masks and masked_unnamed(data) or shown(data, "binary", mask)))
    elseif row.inside ~= nil then
      local item = tree:add(fields[row.abbrev], range, "")
      add_parts(tvb, item, row.inside,
        {data = data, at = value.at and value.at + part.from, range = range}, row.mask)
    else
      tree:add(fields[row.abbrev], range, shown(part_text(part, data), row.kind, row.mask, row.min ~= row.max))
    end
  end
end

-- Fields -------------------------------------------------------------------------------------------------------------

-- Units of a value whose length counts bytes of the wire.
local function counted_on_the_wire(spec, units, body, at)
  if spec.encoding == "hex" then return units % 2 == 0 and units / 2 or nil end
  local size = units
  units = units * 2
  local last = body:byte(at + size)
  if spec.padding == "right_f" and size ~= 0 and last ~= nil and last % 16 == 15 then units = units - 1 end
  if units == spec.max + 1 and spec.max % 2 ~= 0 then units = units - 1 end
  return units
end

local function unpacked(spec, wire, units)
  if spec.kind == "signed_digits" then
    return wire:sub(1, 1) .. unpacked({kind = "digits", padding = spec.padding}, wire:sub(2), units - 1)
  end
  local digits = to_hex(wire)
  if units % 2 == 0 then return digits end
  return spec.padding == "left_zero" and digits:sub(2) or digits:sub(1, -2)
end

-- One field: its value and where reading goes on; or nil and what is wrong. `at` counts from the body's start.
local function read_field(body, spec, at)
  local units = spec.max
  if spec.length ~= 0 then
    local size = prefix_bytes(spec)
    if #body - at < size then return nil, "its length is cut" end
    units = number_of(spec.prefix, body:sub(at + 1, at + size))
    at = at + size
    if units ~= nil and spec.counts_wire then units = counted_on_the_wire(spec, units, body, at) end
    if units == nil then return nil, "its length is no number" end
    if units < spec.min or units > spec.max then return nil, "its length is " .. units end
  end
  local size = wire_bytes(spec, units)
  if #body - at < size then return nil, "cut: " .. size .. " bytes expected, " .. (#body - at) .. " found" end
  local wire = body:sub(at + 1, at + size)
  local made = {data = wire, at = at, from = at, size = size}
  if spec.encoding == "bcd" then
    made.data, made.at = unpacked(spec, wire, units), nil
  elseif spec.encoding == "hex" then
    made.data, made.at = from_hex(wire), nil
  elseif spec.encoding == "ebcdic" then
    made.data, made.at = from_ebcdic(wire), nil
  end
  return made, at + size
end

-- Bits of the bitmaps: numbers in order, how many bitmaps, where they end; or nil and what is wrong.
local function read_bitmaps(body, at)
  local size = D.bitmap == "binary" and 8 or 16
  local numbers, count = {}, 0
  local follows = true
  while follows do
    if count == D.bitmaps then return nil, "announces one more than the dialect has" end
    local wire = body:sub(at + 1, at + size)
    if #wire < size then return nil, "cut" end
    if D.bitmap ~= "binary" then
      if D.bitmap == "ebcdic" then wire = from_ebcdic(wire) end
      if not wire:find("^%x+$") then return nil, "no hex digits" end
      wire = from_hex(wire)
    end
    follows = count < 2 and wire:byte(1) >= 128
    for i = 1, 8 do
      for bit = 1, 8 do
        local is_set = math.floor(wire:byte(i) / 2 ^ (8 - bit)) % 2 == 1
        if is_set and not (follows and i == 1 and bit == 1) then
          numbers[#numbers + 1] = 64 * count + 8 * (i - 1) + bit
        end
      end
    end
    count = count + 1
    at = at + size
  end
  return numbers, at
end

-- In front of the message --------------------------------------------------------------------------------------------

local function piece_text(form, data)
  if form == "ebcdic" then return printable(from_ebcdic(data)) end
  return form == "text" and printable(data) or to_hex(data)
end

local function judged_length(part, data, whole)
  local text = piece_text(part.form, data)
  local says = number_of(part.form == "text" and "ascii" or "binary", data)
  if says == nil then return text end
  return text .. (says == whole and "  right" or "  WRONG: " .. whole .. " bytes are here")
end

-- The size of a piece that `rest` begins with; nil where it is not there, false where it cannot be.
local function piece_size(piece, rest)
  if piece.optional and rest:sub(1, #piece.begins) ~= piece.begins then return nil end
  if piece.length == "fixed" then return piece.bytes end
  if rest == "" then return false end
  local size = rest:byte(1) + (piece.length == "counts_rest" and 1 or 0)
  if size == 0 or size > piece.bytes then return false end
  return size
end

local function add_pieces(tvb, tree, body, at)
  for _, piece in ipairs(D.pieces) do
    local rest = body:sub(at + 1)
    local size = piece_size(piece, rest)
    if size == false or (size ~= nil and #rest < size) then return nil, piece.name end
    if size ~= nil then
      local data = rest:sub(1, size)
      if data:sub(1, #piece.begins) ~= piece.begins then return nil, piece.name end
      local item = tree:add(fields[piece.abbrev], tvb:range(at, size), piece_text(piece.form, data))
      local from = 0
      for _, part in ipairs(piece.parts) do
        local bytes = data:sub(from + 1, from + part.bytes)
        if bytes == "" then break end
        local text = part.total and #bytes == part.bytes and judged_length(part, bytes, #body) or
          piece_text(part.form, bytes)
        item:add(fields[part.abbrev], tvb:range(at + from, #bytes), text)
        from = from + #bytes
      end
      at = at + size
    end
  end
  return at
end

local function add_envelope(tvb, tree, body)
  local at = 0
  if D.tpdu then
    if #body < 5 then return nil, "tpdu" end
    tree:add(fields.tpdu, tvb:range(0, 5), to_hex(body:sub(1, 5)))
    at = 5
  end
  if D.monitor and body:sub(at + 1, at + 3) == "LRI" then
    if #body - at < D.lri_bytes then return nil, "lri" end
    tree:add(fields.lri, tvb:range(at, D.lri_bytes), to_hex(body:sub(at + 1, at + D.lri_bytes)))
    at = at + D.lri_bytes
  end
  if #D.pieces ~= 0 then return add_pieces(tvb, tree, body, at) end
  if D.header ~= 0 then
    if #body - at < D.header then return nil, "header" end
    tree:add(fields.header, tvb:range(at, D.header), to_hex(body:sub(at + 1, at + D.header)))
    at = at + D.header
  end
  return at
end

local function message_type(body, at)
  local size = D.mti == "bcd" and 2 or 4
  local wire = body:sub(at + 1, at + size)
  if #wire < size then return nil end
  local text = wire
  if D.mti == "bcd" then text = to_hex(wire) end
  if D.mti == "ebcdic" then text = from_ebcdic(wire) end
  return text:find("^%d%d%d%d$") and text or nil, at + size
end

-- The message proper. Returns what is wrong: a path and words.
local function add_message(tvb, pinfo, tree, body)
  local at, fault = add_envelope(tvb, tree, body)
  if at == nil then return fault, "not as the dialect has it" end
  local mti, behind = message_type(body, at)
  if mti == nil then return "mti", "no message type" end
  tree:add(fields.mti, tvb:range(at, behind - at), mti)
  local numbers, next_at = read_bitmaps(body, behind)
  if numbers == nil then return "bitmap", next_at end
  tree:add(fields.bitmap, tvb:range(behind, next_at - behind), table.concat(numbers, " "))
  pinfo.cols.info:append(" " .. mti .. " fields " .. table.concat(numbers, " "))
  at = next_at
  for _, number in ipairs(numbers) do
    local spec = by_number[number]
    if spec == nil then return tostring(number), "the dialect has no such field" end
    local value, goes_on = read_field(body, spec, at)
    if value == nil then return tostring(number), goes_on end
    at = goes_on
    value.range = value.size ~= 0 and tvb:range(value.from, value.size) or tvb:range(value.from - 1, 1)
    local structured = spec.inside ~= nil
    local mask = spec.mask
    if structured and mask == "tlv" then mask = "secret" end
    local item = tree:add(fields[spec.abbrev], value.range, shown(value.data, spec.kind, mask, spec.length ~= 0))
    if structured then add_parts(tvb, item, spec.inside, value, spec.mask) end
  end
  if at ~= #body then return "end", (#body - at) .. " bytes behind the last field" end
end

-- Frames -------------------------------------------------------------------------------------------------------------

-- Bytes of the frame at the start of `head`: those of its length are there. nil where its length cannot be.
local function frame_bytes(head)
  local length = D.length
  local says = number_of(length.form, head:sub(1, length.bytes))
  if says == nil then return nil end
  local counted = says - length.adjust
  if (says == 0 or counted == 0) and length.poll then return length.bytes + length.gap, true end
  if counted < 0 or counted > 65535 then return nil end
  return length.bytes + length.gap + counted + D.trailer
end

local function dissect_one(tvb, pinfo, root)
  pinfo.cols.protocol = D.proto
  local tree = root:add(proto, tvb:range(0, tvb:len()))
  local outside = D.length.bytes + D.length.gap
  local whole = tvb:raw(0, tvb:len())
  local size, poll = #whole, false
  if D.length.form ~= "none" then size, poll = frame_bytes(whole) end
  if poll then
    tree:add(fields.poll, tvb:range(0, outside), "no message; goes back as it came")
    return tvb:len()
  end
  local path, why
  if size == nil or size ~= #whole or size < outside + D.trailer + 1 then
    path, why = "length", "not that of what is here"
  else
    local body = tvb:range(outside, size - outside - D.trailer):tvb()
    path, why = add_message(body, pinfo, tree, whole:sub(outside + 1, size - D.trailer))
    if D.trailer ~= 0 then
      tree:add(fields.trailer, tvb:range(size - D.trailer, D.trailer), to_hex(whole:sub(size - D.trailer + 1)))
    end
  end
  if path ~= nil then
    tree:add(fields.fault, tvb:range(0, tvb:len()), path .. ": " .. why):add_proto_expert_info(broken)
  end
  return tvb:len()
end

function proto.dissector(tvb, pinfo, root)
  pinfo.cols.info = D.name
  if D.length.form == "none" then return dissect_one(tvb, pinfo, root) end
  local outside = D.length.bytes + D.length.gap
  dissect_tcp_pdus(tvb, root, outside, function(rest, _, at)
    return frame_bytes(rest:raw(at, outside)) or (rest:len() - at)
  end, dissect_one)
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
