/*
 * unit - the event of a compile or assembly, with the files that its dependency
 * file names.
 */
#include "static-build/record/unit.h"

#include "lib/base/fd.h"
#include "static-build/record/depfile.h"
#include "static-build/record/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPFILE_MAX_BYTES (16u << 20)

bool unit_is_operand(const char *word)
{
	return word[0] != '-' || word[1] == '\0';
}

char **unit_words(
	char *const *argv, size_t room, struct arena *a, struct err *e)
{
	size_t n = tool_count(argv);
	char **args = arena_alloc(a, (n + room + 1) * sizeof *args);

	if (!args) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	args[0] = argv[0];
	memcpy(args + 1 + room, argv + 1, (n - 1) * sizeof *args);
	return args;
}

/*
 * Write the prerequisites of the dependency file, without the source and
 * without names that are no files: the assembler also lists those of `.file`.
 */
static int put_deps(struct event *ev, const struct unit *u, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DEPFILE_MAX_BYTES);
	AUTO_BUF struct buf name = buf_growing(PATH_MAX);
	struct event_file file;
	struct str rest;

	json_list(&ev->json, "deps");
	if (!u->depfile) {
		json_list_end(&ev->json);
		return 0;
	}
	if (file_read(u->depfile, &text, e) < 0)
		return -1;
	rest = buf_view(&text);
	if (!depfile_start(&rest))
		rest = (struct str){NULL, 0};
	while (depfile_next(&rest, &name)) {
		const char *dep = buf_cstr(&name);

		if ((!u->source || strcmp(dep, u->source) != 0) &&
			event_look(ev->c, dep, &file))
			event_put(&ev->json, NULL, &file);
	}
	json_list_end(&ev->json);
	return 0;
}

static void put_output(struct event *ev, const char *output)
{
	if (output && strcmp(output, "-") != 0 &&
		strcmp(output, "/dev/null") != 0)
		event_put_now(ev, "output", output);
	else
		json_null(&ev->json, "output");
}

int unit_write(const struct context *c, const struct event_call *call,
	const struct unit *u, struct err *e)
{
	struct event ev;

	event_start(&ev, c, u->kind, call);
	if (call->rc == 0) {
		event_put(&ev.json, "source", &u->before);
		put_output(&ev, u->output);
		if (put_deps(&ev, u, e) < 0)
			return event_drop(&ev);
	}
	return event_write(&ev, e);
}

void unit_look_at_source(const struct context *c, struct unit *u)
{
	if (u->source && strcmp(u->source, "-") != 0) {
		event_look(c, u->source, &u->before);
		return;
	}
	u->before = (struct event_file){.path = "-", .size = -1};
}

/* "/tmp/ccXXXXXX.o", as gcc calls its own files, in whatever directory; and
   other files outside the project. */
static bool is_temporary(const struct context *c, const char *object)
{
	const char *base = tool_base(object);
	char path[PATH_MAX];

	event_path(c, object, path);
	return path[0] == '/' ||
	       (strncmp(base, "cc", 2) == 0 && strlen(base) == 10);
}

int unit_keep_temporary(
	const struct context *c, const char *object, struct err *e)
{
	char hex[SHA256_HEX + 1];

	if (!is_temporary(c, object))
		return 0;
	if (sha256_file(object, hex, NULL, e) < 0)
		return -1;
	return context_keep(c, object, "objects", hex, e);
}
