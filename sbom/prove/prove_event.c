/*
 * prove_event - arguments as they were, and besides a request to say what is
 * read: of cc1 by its environment, as the recorder asks, of as and ld by an
 * option.  None of them reaches the output.
 */
#include "sbom/prove/prove_event.h"
#include "sbom/prove/prove_path.h"

#include "lib/base/fd.h"
#include "sbom/prove/prove_cross.h"
#include "sbom/prove/prove_tree.h"
#include "sbom/prove/prove_words.h"
#include "static-build/record/depfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVENT_READS "/tmp/.reads"

enum { EVENT_DEPFILE_MAX = 16 << 20, EVENT_ENV_MAX = 16 };

static int event_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for a command");
}

enum prove_tool_kind prove_event_tool(const struct node *event)
{
	static const struct {
		struct str end;
		enum prove_tool_kind kind;
	} kinds[] = {
		{{"/cc1", 4}, PROVE_TOOL_COMPILER},
		{{"/cc1plus", 8}, PROVE_TOOL_COMPILER},
		{{"/clang", 6}, PROVE_TOOL_CLANG},
		{{"/as", 3}, PROVE_TOOL_ASSEMBLER},
		{{"-as", 3}, PROVE_TOOL_ASSEMBLER},
		{{"/collect2", 9}, PROVE_TOOL_LINKER},
		{{"/ld", 3}, PROVE_TOOL_LINKER},
		{{"-ld", 3}, PROVE_TOOL_LINKER},
		{{"ld.bfd", 6}, PROVE_TOOL_LINKER},
		{{"strip", 5}, PROVE_TOOL_EDITOR},
		{{"objcopy", 7}, PROVE_TOOL_EDITOR},
	};
	struct str tool = node_text(node_get(event, "tool"));

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_has_prefix(tool, STR("/")) &&
			str_has_suffix(tool, kinds[i].end))
			return kinds[i].kind;
	return PROVE_TOOL_OTHER;
}

const char *prove_event_path(const struct prove_place *p, struct str path)
{
	char text[PROVE_PATH_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	if (!str_has_prefix(path, STR("/")))
		buf_fmt(&b, "%s/", p->root);
	buf_str(&b, path);
	return b.full ? NULL : arena_copy(p->scratch, buf_view(&b));
}

/* The root itself is the one directory below it that is written in full. */
static const char *event_cwd(
	const struct prove_place *p, const struct node *event)
{
	struct str cwd = node_text(node_get(event, "cwd"));

	if (str_has_prefix(cwd, STR("/")) && !p->g->evidence->is_outside)
		return p->root;
	return prove_event_path(p, cwd);
}

/* Is "./x" a path from the root here, not from the command's directory? */
static bool event_is_from_root(
	const struct prove_place *p, const char *cwd, struct str rest)
{
	char path[PROVE_PATH_BYTES];
	int n;

	if (strcmp(cwd, p->root) == 0)
		return false; /* the same, and as the recorder saw it */
	if (!p->g->evidence->is_outside)
		return str_has_prefix(rest, STR("/build/"));
	n = snprintf(path, sizeof(path), "%s%.*s", cwd, STR_ARG(rest));
	if (n < 0 || (size_t)n >= sizeof(path) || access(path, F_OK) == 0)
		return false;
	n = snprintf(path, sizeof(path), "%s%.*s", p->root, STR_ARG(rest));
	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

static char *event_word(
	const struct prove_place *p, const char *cwd, struct str word)
{
	bool is_sure;
	int at = prove_words_root(word, &is_sure);
	struct str rest;

	if (at < 0)
		return arena_copy(p->scratch, word);
	rest = str_sub(word, (size_t)at + 1, word.n);
	rest.n = str_find(rest, '=');
	if (!is_sure && !event_is_from_root(p, cwd, rest))
		return arena_copy(p->scratch, word);
	return prove_words_restore(p->scratch, word, at, str_of(p->root));
}

static int event_argv(const struct prove_place *p, const struct node *event,
	struct prove_event *out, struct err *e)
{
	const struct node *words = node_get(event, "argv");
	size_t n = 0;

	if (words == NULL || words->count == 0)
		return err_kind(e, ERR_INPUT, "event without a command");
	/* and up to two of ours */
	out->argv =
		arena_alloc(p->scratch, (words->count + 3) * sizeof(char *));
	if (out->argv == NULL)
		return event_no_memory(e);
	for (const struct node *c = node_first(words); c; c = c->next) {
		out->argv[n] = event_word(p, out->cwd, node_text(c));
		if (out->argv[n++] == NULL)
			return event_no_memory(e);
	}
	return 0;
}

/* Is this gcc's own plugin, in the directory of the tool? */
static bool event_is_beside(const char *tool, const char *plugin)
{
	char *a = realpath(tool, NULL), *b = realpath(plugin, NULL); /* heap */
	struct str dir = str_of(a), other = str_of(b);
	bool is_plugin =
		str_has_prefix(str_base_name(other), STR("liblto_plugin.so"));

	dir.n -= str_base_name(dir).n;
	other.n -= str_base_name(other).n;
	is_plugin = is_plugin && dir.n > 1 && str_eq(dir, other);
	free(a);
	free(b);
	return is_plugin;
}

/* The plugin that the linker is to load: only one that the evidence names as
   the host's (its digest is then compared), or that belongs to the tool.  NULL:
   none; the linker finds nothing at the path then. */
static const char *event_plugin(
	const struct prove_place *p, const struct prove_event *ev)
{
	const char *path = NULL;

	for (size_t i = 0; path == NULL && ev->argv[i] != NULL; i++)
		if (strcmp(ev->argv[i], "-plugin") == 0)
			path = ev->argv[i + 1];
	if (path == NULL || *path != '/')
		return NULL;
	return evidence_host(p->g->evidence, str_of(path)) != NULL ||
			       event_is_beside(ev->tool, path)
		       ? path
		       : NULL;
}

/* ---- what is asked of each tool ---- */

/* Put words behind the first one, or at the end. */
static void event_add_words(
	struct prove_event *ev, char *first, char *second, bool is_in_front)
{
	size_t n = 0, k = second == NULL ? 1 : 2;

	while (ev->argv[n] != NULL)
		n++;
	if (is_in_front) {
		memmove(ev->argv + 1 + k, ev->argv + 1,
			(n - 1) * sizeof(char *));
		n = 1;
	}
	ev->argv[n] = first;
	if (second != NULL)
		ev->argv[n + 1] = second;
}

static void event_ask(struct prove_event *ev, size_t *n_env)
{
	static char md[] = "--MD", reads[] = EVENT_READS,
		    linker[] = "--dependency-file=" EVENT_READS,
		    compiler[] = "SUNPRO_DEPENDENCIES=" EVENT_READS " unit";

	switch (prove_event_tool(ev->node)) {
	case PROVE_TOOL_COMPILER:
		ev->reads = prove_words_depfile(ev->argv);
		if (ev->reads == NULL) {
			ev->reads = EVENT_READS;
			ev->env[(*n_env)++] = compiler;
		}
		break;
	case PROVE_TOOL_CLANG:
		ev->reads = prove_words_value(ev->argv, "-dependency-file");
		break;
	case PROVE_TOOL_ASSEMBLER:
		ev->reads = EVENT_READS;
		event_add_words(ev, md, reads, true);
		break;
	case PROVE_TOOL_LINKER:
		if (prove_words_mention(ev->argv, "-dependency-file"))
			break;
		ev->reads = EVENT_READS;
		event_add_words(ev, linker, NULL, false);
		break;
	case PROVE_TOOL_OTHER:
	case PROVE_TOOL_EDITOR:
		break;
	}
}

static int event_env(
	const struct prove_place *p, struct prove_event *out, struct err *e)
{
	static char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C",
		    zone[] = "TZ=UTC", gcc[] = "COLLECT_GCC=gcc",
		    options[] = "COLLECT_GCC_OPTIONS=";
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char text[64];
	struct buf b = buf_fixed(text, sizeof(text));
	size_t n = 0;

	out->env = arena_alloc(p->scratch, EVENT_ENV_MAX * sizeof(char *));
	if (out->env == NULL)
		return event_no_memory(e);
	out->env[n++] = path;
	out->env[n++] = locale;
	out->env[n++] = zone;
	out->env[n++] = gcc;
	out->env[n++] = options;
	if (epoch != NULL) {
		buf_fmt(&b, "SOURCE_DATE_EPOCH=%s", epoch);
		out->env[n++] = arena_copy(p->scratch, buf_view(&b));
	}
	event_ask(out, &n);
	return 0;
}

int prove_event_make(const struct prove_place *p, const struct node *event,
	struct prove_event *out, struct err *e)
{
	const char **also = arena_alloc(p->scratch, 3 * sizeof(*also));
	struct str tool = node_text(node_get(event, "tool"));

	*out = (struct prove_event){.node = event,
		.tool = arena_copy(p->scratch, tool),
		.cwd = event_cwd(p, event),
		.also = also};
	if (also == NULL || out->tool == NULL || out->cwd == NULL)
		return event_no_memory(e);
	if (event_argv(p, event, out, e) < 0 || event_env(p, out, e) < 0)
		return -1;
	if (str_has_suffix(tool, STR("/collect2"))) {
		also[0] = prove_cross_linker(tool, p->scratch);
		also[1] = event_plugin(p, out);
	}
	return 0;
}

/* ---- what was read ---- */

/* "inode 17": a file of the host that has several names is one file. */
static int event_see_inode(
	const struct prove_place *p, const char *path, struct table *seen)
{
	struct stat st;
	char text[32];
	char *kept;

	if (stat(path, &st) < 0)
		return 0;
	snprintf(text, sizeof(text), "inode %llu",
		(unsigned long long)st.st_ino);
	kept = arena_copy(p->scratch, str_of(text));
	return kept == NULL ? -1 : table_add(seen, str_of(kept), 0);
}

/* The path of a file of the tree without links, from inside.  A link with an
   absolute target leads there as outside: it is a copy of the host's. */
static int event_see(const struct prove_place *p, const struct prove_event *ev,
	const char *name, struct table *seen)
{
	char path[PROVE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));
	size_t tree = strlen(p->tree);
	char *real; /* heap */
	int rc = 0;

	buf_text(&b, p->tree);
	if (*name != '/')
		buf_fmt(&b, "%s/", ev->cwd);
	buf_text(&b, name);
	real = realpath(buf_cstr(&b), NULL);
	if (real != NULL) {
		bool is_inside = strncmp(real, p->tree, tree) == 0;
		char *kept = arena_copy(
			p->scratch, str_of(real + (is_inside ? tree : 0)));

		rc = kept == NULL ? -1 : table_add(seen, str_of(kept), 0);
		if (rc == 0)
			rc = event_see_inode(p, real, seen);
	}
	free(real);
	return rc;
}

/* Was a file read, under this path or, of the host, under another name? */
static bool event_was_read(
	const struct prove_place *p, const char *path, const struct table *seen)
{
	char full[PROVE_PATH_BYTES], text[32];
	struct stat st;
	int n;

	if (table_find(seen, str_of(path)) != NULL)
		return true;
	n = snprintf(full, sizeof(full), "%s%s", p->tree, path);
	if (strncmp(path, "/usr/", 5) != 0 || n < 0 ||
		(size_t)n >= sizeof(full) || stat(full, &st) < 0)
		return false;
	snprintf(text, sizeof(text), "inode %llu",
		(unsigned long long)st.st_ino);
	return table_find(seen, str_of(text)) != NULL;
}

static int event_reads(const struct prove_place *p,
	const struct prove_event *ev, struct table *seen, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(EVENT_DEPFILE_MAX);
	AUTO_BUF struct buf name = buf_growing(PROVE_PATH_BYTES);
	char path[PROVE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));
	AUTO_FD int fd = -1;
	struct str rest;

	if (*ev->reads != '/')
		buf_fmt(&b, "%s/", ev->cwd);
	buf_text(&b, ev->reads);
	if (prove_tree_open(p->tree, buf_cstr(&b), &fd, e) < 0 ||
		fd_read_all(fd, &text, e) < 0)
		return -1;
	rest = buf_view(&text);
	if (!depfile_start(&rest))
		return 0;
	while (depfile_next(&rest, &name))
		if (event_see(p, ev, buf_cstr(&name), seen) < 0)
			return event_no_memory(e);
	return 0;
}

static int event_unread_of(const struct prove_place *p, const struct node *list,
	const struct table *seen, struct str *out, struct err *e)
{
	for (const struct node *c = node_first(list); c; c = c->next) {
		struct evidence_made f = evidence_made(c);
		const char *path;

		if (f.sha256.n == 0)
			continue;
		path = prove_event_path(p, f.path);
		if (path == NULL)
			return event_no_memory(e);
		if (event_was_read(p, path, seen))
			continue;
		*out = f.path;
		return 0;
	}
	return 0;
}

int prove_event_unread(const struct prove_place *p,
	const struct prove_event *ev, struct str *out, struct err *e)
{
	struct table seen = table_make(p->scratch);

	*out = (struct str){0};
	if (ev->reads == NULL)
		return 0;
	if (event_reads(p, ev, &seen, e) < 0 ||
		event_unread_of(p, node_get(ev->node, "deps"), &seen, out, e) <
			0)
		return -1;
	return out->n > 0 ? 0
			  : event_unread_of(p, node_get(ev->node, "inputs"),
				    &seen, out, e);
}
