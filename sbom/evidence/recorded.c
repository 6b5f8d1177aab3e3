/*
 * recorded - record.json into a line of a lock.
 */
#include "sbom/evidence/recorded.h"

#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORDED_FORMAT = 1, RECORDED_TEXT_MAX = 64 << 20 };

static int recorded_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the record");
}

/* "git REMOTE, commit ID" or "Debian source NAME, sha256 DIGEST" */
static void recorded_say_source(
	const struct node *source, struct str name, struct buf *out)
{
	struct str kind = node_text(node_get(source, "kind"));
	const struct node *file = node_first(node_get(source, "files"));

	if (str_is(kind, "git"))
		buf_fmt(out, "git %.*s, commit %.*s", STR_ARG(name),
			STR_ARG(node_text(node_get(source, "commit"))));
	else if (str_is(kind, "debian"))
		buf_fmt(out, "Debian source %.*s", STR_ARG(name));
	else
		buf_fmt(out, "%.*s %.*s", STR_ARG(kind), STR_ARG(name));
	if (file != NULL)
		buf_fmt(out, ", sha256 %.*s",
			STR_ARG(node_text(node_get(file, "sha256"))));
}

/* Neither a package of Debian nor the tarball of a release. */
static bool recorded_is_own(const struct node *source)
{
	struct str kind = node_text(node_get(source, "kind"));

	return str_is(kind, "git") || str_is(kind, "directory");
}

static int recorded_make_lock(const struct node *source, struct arena *a,
	struct lock *out, struct err *e)
{
	AUTO_BUF struct buf from = buf_growing(1 << 16);
	struct lock_line *line = arena_alloc(a, sizeof(*line));

	recorded_say_source(source, node_text(node_get(source, "name")), &from);
	if (line == NULL || from.full)
		return recorded_no_memory(e);
	*line = (struct lock_line){
		.package = node_text(node_get(source, "package")),
		.version = node_text(node_get(source, "version")),
		.name = node_text(node_get(source, "name")),
		.role = LOCK_SOURCE,
		.licence = STR("NOASSERTION"),
		.is_own = recorded_is_own(source),
		.from = {arena_copy(a, buf_view(&from)), from.n},
	};
	*out = (struct lock){line, 1};
	return line->from.p == NULL ? recorded_no_memory(e) : 0;
}

static int recorded_parse(
	struct str text, struct arena *a, struct recorded *out, struct err *e)
{
	const struct node *n, *root, *source;

	if (json_parse(text, a, &n, e) < 0)
		return -1;
	if (node_whole(node_get(n, "format"), 0) != RECORDED_FORMAT)
		return err_kind(e, ERR_INPUT,
			"format: %lld, but this keelson reads %d",
			(long long)node_whole(node_get(n, "format"), 0),
			RECORDED_FORMAT);
	if (node_need(n, "root", NODE_TEXT, &root, e) < 0 ||
		node_need(n, "source", NODE_MAP, &source, e) < 0)
		return -1;
	out->root = arena_copy(a, node_text(root));
	if (out->root == NULL)
		return recorded_no_memory(e);
	out->source = source;
	return recorded_make_lock(source, a, &out->lock, e);
}

int recorded_name(
	struct recorded *r, struct str project, struct arena *a, struct err *e)
{
	AUTO_BUF struct buf from = buf_growing(1 << 16);
	struct lock_line *line = r->lock.lines;

	/* git's name for it is the remote's URL, if there is a remote */
	if (!line->is_own || !str_eq(line->name, line->package))
		return 0;
	recorded_say_source(r->source, project, &from);
	line->package = line->name = project;
	line->from = (struct str){arena_copy(a, buf_view(&from)), from.n};
	return from.full || line->from.p == NULL ? recorded_no_memory(e) : 0;
}

int recorded_read(
	const char *dir, struct arena *a, struct recorded *out, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(PATH_MAX);
	AUTO_BUF struct buf text = buf_growing(RECORDED_TEXT_MAX);

	*out = (struct recorded){.dir = arena_copy(a, str_of(dir))};
	if (out->dir == NULL)
		return recorded_no_memory(e);
	buf_fmt(&path, "%s/record.json", dir);
	if (access(buf_cstr(&path), F_OK) < 0)
		return 0;
	if (file_read(buf_cstr(&path), &text, e) < 0)
		return -1;
	if (recorded_parse(buf_view(&text), a, out, e) < 0)
		return err_at(e, "%s", buf_cstr(&path));
	return 1;
}

int recorded_find(
	const char *from, struct arena *a, struct recorded *out, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(PATH_MAX);
	char *real = realpath(from, NULL); /* heap */
	struct str dir = str_of(real);
	int rc = 0;

	while (rc == 0 && dir.n > 0) {
		buf_reset(&path);
		buf_fmt(&path, "%.*s/" RECORDED_DIR, STR_ARG(dir));
		rc = recorded_read(buf_cstr(&path), a, out, e);
		dir.n -= str_base_name(dir).n;
		dir.n -= dir.n > 0;
	}
	free(real);
	return rc;
}
