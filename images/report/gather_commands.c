/*
 * gather_commands - what a reader types to see for themselves.  A test runs
 * these lines as they stand (images/test/report.bats).
 */
#include "images/report/gather_parts.h"

enum {
	COMMANDS_MAX = 8,
	COMMANDS_PATH_BYTES = 1024,
	COMMANDS_TEXT_BYTES = 1536
};

static bool command_is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(c >= '0' && c <= '9') && c != '/' && c != '.' &&
			c != '_' && c != '-' && c != ':')
			return false;
	}
	return s.n > 0 && s.p[0] != '-';
}

/* A word of the shell. */
static void command_word(struct buf *b, struct str s)
{
	if (command_is_plain(s)) {
		buf_str(b, s);
		return;
	}
	buf_byte(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_text(b, "'\\''");
		else
			buf_byte(b, s.p[i]);
	}
	buf_byte(b, '\'');
}

struct command_list {
	struct gather *g;
	/* Of the product, as a word, behind the option that chooses it. */
	char path[COMMANDS_PATH_BYTES];
};

/* Add one: its line by printf, without what it prints. */
static int command_add(struct command_list *c, const char *says,
	struct str line, struct str prints, struct err *e)
{
	struct page *p = c->g->page;
	struct page_command *to = &p->commands[p->n_commands++];

	*to = (struct page_command){.says = str_of(says)};
	if (gather_fmt(c->g, &to->line, e, "%.*s", STR_ARG(line)) < 0)
		return -1;
	return gather_fmt(c->g, &to->prints, e, "%.*s", STR_ARG(prints));
}

static int command_line(struct command_list *c, const char *says,
	const char *before, const char *after, struct err *e)
{
	char text[COMMANDS_TEXT_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	buf_fmt(&b, "%s %s%s", before, c->path, after);
	return command_add(c, says, buf_view(&b), (struct str){0}, e);
}

static int command_digest(struct command_list *c, struct err *e)
{
	const struct vex_product *p = c->g->product;
	char text[COMMANDS_TEXT_BYTES], answer[COMMANDS_TEXT_BYTES];
	struct buf line = buf_fixed(text, sizeof(text));
	struct buf prints = buf_fixed(answer, sizeof(answer));

	if (p->is_image) {
		buf_fmt(&line, "keelson image show --json %s | jq -r .digest",
			c->path);
		buf_fmt(&prints, "sha256:%.*s", STR_ARG(p->sha256));
	} else {
		buf_fmt(&line, "sha256sum <%s", c->path);
		buf_fmt(&prints, "%.*s  -", STR_ARG(p->sha256));
	}
	return command_add(c,
		"It is the one that this page is about:", buf_view(&line),
		buf_view(&prints), e);
}

/* The worst verdicts first: the command that proves one of them. */
static int command_why(struct command_list *c, struct err *e)
{
	const struct page *p = c->g->page;
	char text[COMMANDS_TEXT_BYTES];
	struct buf line = buf_fixed(text, sizeof(text));

	if (p->n_verdicts == 0 || c->g->product->is_image)
		return 0;
	buf_fmt(&line, "keelson why %s %.*s", c->path,
		STR_ARG(p->verdicts[0].cve));
	return command_add(c,
		"What a patch changes, and where that is:", buf_view(&line),
		(struct str){0}, e);
}

static int command_signed(struct command_list *c, struct err *e)
{
	char text[COMMANDS_TEXT_BYTES];
	struct buf line = buf_fixed(text, sizeof(text));

	if (c->g->page->n_signatures == 0)
		return 0;
	buf_text(&line, "keelson verify --key ");
	command_word(&line,
		c->g->n_keys > 0 ? str_of(c->g->keys[0].name) : STR("KEY.pub"));
	buf_fmt(&line, " %s", c->path);
	return command_add(c,
		"Who signed it, by a key that you trust:", buf_view(&line),
		(struct str){0}, e);
}

static int command_of_build(struct command_list *c, struct err *e)
{
	if (!c->g->has_evidence || c->g->n_programs == 0)
		return 0;
	if (command_line(c,
		    "In the project that built it: the verdicts on CVEs, "
		    "made again from the evidence:",
		    "keelson vex", "", e) < 0 ||
		command_why(c, e) < 0)
		return -1;
	return command_line(c,
		"There, too: every source and tool, as a SLSA statement, the "
		"same bytes each time:",
		"keelson provenance", "", e);
}

int gather_commands(struct gather *g, struct err *e)
{
	struct command_list c = {.g = g};
	struct buf path = buf_fixed(c.path, sizeof(c.path));

	if (gather_room(g, COMMANDS_MAX, sizeof(*g->page->commands),
		    &g->page->commands, e) < 0)
		return -1;
	if (g->product->is_image && g->platform != NULL) {
		buf_text(&path, "--platform ");
		command_word(&path, str_of(g->platform));
		buf_byte(&path, ' ');
	}
	command_word(&path, str_of(g->product->path));
	if (path.full || buf_cstr(&path)[0] == '\0')
		return 0;
	if (command_digest(&c, e) < 0)
		return -1;
	if (g->product->is_image &&
		(command_line(&c,
			 "Every byte is what its digest says, and the SBOM "
			 "lists exactly the files inside:",
			 "keelson verify", "", e) < 0 ||
			command_signed(&c, e) < 0))
		return -1;
	if (!g->product->is_image &&
		command_line(&c, "Its defences:", "keelson inspect", "", e) < 0)
		return -1;
	return command_of_build(&c, e);
}
