# Reads the documents first, then the sources; see check_citations.
function problem(text) { print "citations: " FILENAME ":" FNR ": " text; failed = 1 }

# `text` begins behind the name of a page and loses what is read of it: ` section 2`, ` sections 2.1, 4 to 5 and 11`,
# ` rows R01 to R14`, ` T22`, ` section 4 and rows P01 to P04`.
function follow(page, text,    kind) {
  while (match(text, /^(,| and|, and)? ?(([Ss]ections?|rows?) )?([0-9]+(\.[0-9]+)*|[A-Z][0-9][0-9])/)) {
    if (text ~ /^(,| and|, and)? ?[Ss]ections? /) kind = "section"
    else if (text ~ /^(,| and|, and)? ?(rows? )?[A-Z][0-9][0-9]/) kind = "row"
    else if (kind != "section") break
    sub(/^(,| and|, and)? ?(([Ss]ections?|rows?) )?/, "", text)
    match(text, kind == "section" ? "^[0-9]+(\\.[0-9]+)*" : "^[A-Z][0-9][0-9]")
    if (!((page, kind, substr(text, 1, RLENGTH)) in known)) problem(page " has no " kind " " substr(text, 1, RLENGTH))
    ++cited
    text = substr(text, RLENGTH + 1)
    sub(/^(-| to )/, ", ", text)
  }
  return text
}

# A comment that goes on in the next line is read as one text.
function read_text(text,    page, before) {
  while (match(text, /[A-Za-z0-9_.\/-]+\.md/)) {
    page = substr(text, RSTART, RLENGTH)
    before = substr(text, 1, RSTART - 1)
    text = substr(text, RSTART + RLENGTH)
    if (before ~ /[Ss]ections? [0-9]/) problem("a section of no page: name it as `docs/PAGE.md section N`")
    if (page ~ /^docs\//) {
      if (!(page in pages)) problem("no such page: " page)
      else text = follow(page, text)
    } else if (page ~ /^(README|ARCHITECTURE|CONTRIBUTING|CHANGELOG)\.md$/) {
      if (!(page in pages)) problem("no such page: " page)
    } else if (page !~ /README\.md$/) problem("pages are cited as docs/...: " page)
  }
  if (text ~ /[Ss]ections? [0-9]/) problem("a section of no page: name it as `docs/PAGE.md section N`")
}

names {
  exists[$0] = 1
  sub(/.*\//, "")
  exists[$0] = 1
  next
}

FNR == 1 { if (comment != "") { held = comment; comment = ""; read_text(held) } fenced = 0 }

FILENAME ~ /\.md$/ {
  pages[FILENAME] = 1
  if ($0 ~ /^```/) fenced = !fenced
  if (fenced) next
  if (match($0, /^##+ [0-9]+(\.[0-9]+)*/)) {
    number = $0
    sub(/^#+ /, "", number)
    match(number, /^[0-9]+(\.[0-9]+)*/)
    known[FILENAME, "section", substr(number, 1, RLENGTH)] = 1
  }
  if (match($0, /^\| \**[A-Z][0-9][0-9]\** \|/)) {
    number = $0
    gsub(/[|* ]/, "", number)
    known[FILENAME, "row", substr(number, 1, 3)] = 1
  }
  folder = FILENAME
  if (!sub(/\/[^\/]*$/, "/", folder)) folder = ""
  line = $0
  while (match(line, /\]\([^)#:]+\)/)) {
    target = folder substr(line, RSTART + 2, RLENGTH - 3)
    line = substr(line, RSTART + RLENGTH)
    if (system("test -e '" target "'") != 0) problem("a link to nowhere: " target)
  }
  # Of what stands between backticks in the project's own documents, what looks like a file is one.
  line = FILENAME ~ /^docs\/(systems|tracing|threats)/ ? "" : $0
  while (match(line, /`[A-Za-z0-9_.\/-]+\.([ch]pp|cmake|txt|case|py|md|[15])`/)) {
    target = substr(line, RSTART + 1, RLENGTH - 2)
    line = substr(line, RSTART + RLENGTH)
    if (!(target in exists)) problem("no such file: " target)
  }
  # Documents cite each other as sources do; what they cite may come later, so it is looked up at the end.
  line = $0
  while (match(line, /docs\/[A-Za-z0-9_.\/-]+\.md sections? [0-9]+(\.[0-9]+)*/)) {
    split(substr(line, RSTART, RLENGTH), word, / sections? /)
    later[++waiting] = FILENAME ":" FNR SUBSEP word[1] SUBSEP word[2]
    line = substr(line, RSTART + RLENGTH)
  }
  next
}

{
  text = $0
  if (sub(/^[ \t]*(\/\/\/?|--|#) ?/, " ", text)) { comment = comment text; next }
  held = comment
  comment = ""
  if (held != "") read_text(held)
  if (text ~ /\/\/.*(\.md|[Ss]ections? [0-9])/ && text !~ /"[^"]*\/\/[^"]*$/) { sub(/^.*\/\/\/?<? ?/, "", text); read_text(text) }
}

END {
  if (comment != "") read_text(comment)
  for (i = 1; i <= waiting; ++i) {
    split(later[i], part, SUBSEP)
    if (!((part[2], "section", part[3]) in known)) { print "citations: " part[1] ": " part[2] " has no section " part[3]; failed = 1 }
  }
  if (cited < 50) { print "citations: only " cited " found: is the folder complete?"; failed = 1 }
  if (failed) exit 1
  print "citations: " cited " lead to what they name"
}
