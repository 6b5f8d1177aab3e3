/*
 * linker - links.
 *
 * The linker is asked for a map and a dependency file, which change nothing in
 * the output, unless the build asks for its own: then those are read.  Final
 * links come through collect2, `ld -r` directly; when collect2 in turn finds
 * the recorder as ld, RECORD_LINKING makes that one only run the tool.
 */
#include "lib/arc/ar.h"
#include "lib/base/fd.h"
#include "static-build/record/depfile.h"
#include "static-build/record/event.h"
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"
#include "static-build/record/words.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPFILE_MAX_BYTES (16u << 20)
#define THIN_MAX_BYTES    (64u << 20)
#define WORDS_MAX_BYTES   (64u << 20)

struct link {
	struct words words; /* the command line, response files expanded */
	const char *output;
	const char *map;     /* asked for by the build */
	const char *depfile; /* likewise */
	bool map_to_stdout;
	bool is_relocatable;
	bool is_query;    /* --version and the like: links nothing */
	bool has_version; /* -v: links, when there is something to link */
	size_t operands;
	char own_map[PATH_MAX];
	char own_depfile[PATH_MAX];
};

/* The value of `--NAME=VALUE`, with one dash or two; NULL: another option. */
static const char *value_of(const char *word, const char *name)
{
	size_t n = strlen(name);

	word += word[0] == '-' ? (word[1] == '-' ? 2 : 1) : 0;
	return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1
							     : NULL;
}

/* One word with its value, when it has one; how many words it took. */
static size_t read_word(char **word, struct link *l)
{
	static const char *const relocatable[] = {
		"-r", "-i", "--relocatable", "-relocatable", NULL};
	static const char *const queries[] = {"--version", "-version", "--help",
		"-help", "-run", "--run" /* a command, by mold */, NULL};
	static const char *const versions[] = {"-v", "-V", NULL};
	static const char *const print_map[] = {"-M", "--print-map", NULL};
	const char *w = word[0], *value = word[1];

	if (strcmp(w, "-o") == 0 && value)
		return l->output = value, 2;
	if ((strcmp(w, "-Map") == 0 || strcmp(w, "--Map") == 0) && value)
		return l->map = value, 2;
	if (value_of(w, "output"))
		l->output = value_of(w, "output");
	else if (value_of(w, "Map"))
		l->map = value_of(w, "Map");
	else if (value_of(w, "dependency-file"))
		l->depfile = value_of(w, "dependency-file");
	l->is_relocatable |= words_has(relocatable, w);
	l->is_query |= words_has(queries, w);
	l->has_version |= words_has(versions, w);
	l->map_to_stdout |= words_has(print_map, w);
	l->operands += w[0] != '-';
	return 1;
}

static void read_words(struct link *l)
{
	l->output = "a.out";
	for (size_t i = 1; i < l->words.n;)
		i += read_word(l->words.list + i, l);
}

/* The arguments for the real linker: ours after the build's. */
static char **with_requests(const struct context *c, char **argv,
	struct link *l, struct arena *a, struct err *e)
{
	static char map[PATH_MAX + 8], depfile[PATH_MAX + 24];
	size_t n = tool_count(argv);
	char **args = arena_alloc(a, (n + 3) * sizeof *args);

	if (!args || context_temporary(c, ".map", l->own_map, e) < 0 ||
		context_temporary(c, ".d", l->own_depfile, e) < 0)
		return NULL;
	memcpy(args, argv, n * sizeof *args);
	snprintf(map, sizeof map, "-Map=%s", l->own_map);
	snprintf(depfile, sizeof depfile, "--dependency-file=%s",
		l->own_depfile);
	if (!l->map && !l->map_to_stdout)
		args[n++] = map;
	if (!l->depfile)
		args[n++] = depfile;
	return args;
}

/* ---- inputs ---- */

/* The files that a thin archive names, from its own directory. */
static int put_thin_members(
	struct event *ev, const char *path, struct str file, struct err *e)
{
	size_t dir = strlen(path) - strlen(tool_base(path));
	struct ar_member m;
	struct ar_walk w;
	int more;

	if (ar_start(&w, file, e) < 0)
		return -1;
	while ((more = ar_next(&w, &m, e)) > 0) {
		char from[PATH_MAX];
		bool is_whole = m.name.n > 0 && m.name.p[0] == '/';

		snprintf(from, sizeof from, "%.*s%.*s", is_whole ? 0 : (int)dir,
			path, STR_ARG(m.name));
		event_put_now(ev, NULL, from);
	}
	return more;
}

static bool is_thin(const char *path)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char head[8];

	return fd >= 0 && read(fd, head, sizeof head) == sizeof head &&
	       memcmp(head, "!<thin>\n", sizeof head) == 0;
}

/* The linker lists a thin archive, but not the files that it names. */
static int put_input(struct event *ev, const char *path, struct err *e)
{
	AUTO_BUF struct buf file = buf_growing(THIN_MAX_BYTES);

	event_put_now(ev, NULL, path);
	if (!is_thin(path))
		return 0;
	if (file_read(path, &file, e) < 0 ||
		put_thin_members(ev, path, buf_view(&file), e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

/* `mold -r` writes no dependency file: what the command line names. */
static int put_operands(struct event *ev, const struct link *l, struct err *e)
{
	for (size_t i = 1; i < l->words.n; i++) {
		const char *w = l->words.list[i];

		if (w[0] != '-' && strcmp(w, l->output) != 0 &&
			access(w, F_OK) == 0 && put_input(ev, w, e) < 0)
			return -1;
	}
	return 0;
}

static int put_listed(struct event *ev, const char *depfile, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DEPFILE_MAX_BYTES);
	AUTO_BUF struct buf name = buf_growing(PATH_MAX);
	struct str rest;

	if (file_read(depfile, &text, e) < 0)
		return -1;
	rest = buf_view(&text);
	if (depfile_start(&rest))
		while (depfile_next(&rest, &name))
			if (put_input(ev, buf_cstr(&name), e) < 0)
				return -1;
	return 0;
}

static int put_inputs(struct event *ev, const struct link *l, struct err *e)
{
	const char *depfile = l->depfile ? l->depfile : l->own_depfile;
	int rc;

	json_list(&ev->json, "inputs");
	if (access(depfile, F_OK) == 0)
		rc = put_listed(ev, depfile, e);
	else
		rc = put_operands(ev, l, e);
	json_list_end(&ev->json);
	return rc;
}

static int put_map(struct event *ev, const struct link *l, struct err *e)
{
	const char *map = l->map ? l->map : l->own_map;
	char hex[SHA256_HEX + 1], name[SHA256_HEX + 8];

	if ((l->map_to_stdout && !l->map) || access(map, F_OK) < 0) {
		json_null(&ev->json, "map");
		return 0;
	}
	if (sha256_file(map, hex, NULL, e) < 0)
		return -1;
	json_text(&ev->json, "map", hex);
	snprintf(name, sizeof name, "%s.map", hex);
	return context_keep(ev->c, map, "maps", name, e);
}

static int write_link(
	const struct context *c, const struct link *l, int rc, struct err *e)
{
	struct event ev;

	event_start(&ev, c, "link",
		&(struct event_call){l->words.list[0], l->words.list, rc});
	if (rc == 0) {
		event_put_now(&ev, "output", l->output);
		json_truth(&ev.json, "relocatable", l->is_relocatable);
		if (put_inputs(&ev, l, e) < 0 || put_map(&ev, l, e) < 0)
			return event_drop(&ev);
	}
	return event_write(&ev, e);
}

/* `ld -m elf_x86_64 -v` has words that look like files, but says a version. */
static bool has_linked(const struct link *l)
{
	return !l->has_version ||
	       access(l->depfile ? l->depfile : l->own_depfile, F_OK) == 0;
}

static int run_recorded(const struct context *c, char **args,
	const struct link *l, int *rc, struct err *e)
{
	int done;

	setenv("RECORD_LINKING", "1", 1);
	if (tool_run(args[0], args, rc, e) < 0)
		return -1;
	done = has_linked(l) ? write_link(c, l, *rc, e) : 0;
	unlink(l->own_map);
	unlink(l->own_depfile);
	return done;
}

int linker_link(const struct context *c, char **argv, int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(WORDS_MAX_BYTES);
	static struct link l; /* large; one process links once */
	char **args;

	if (getenv("RECORD_LINKING"))
		return tool_become(argv[0], argv, e);
	if (words_expand(argv, &a, &l.words, e) < 0)
		return -1;
	read_words(&l);
	if (l.is_query || !l.operands || strcmp(l.output, "/dev/null") == 0)
		return tool_become(argv[0], argv, e);
	args = with_requests(c, argv, &l, &a, e);
	if (!args)
		return -1;
	return run_recorded(c, args, &l, rc, e);
}
