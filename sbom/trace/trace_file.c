/*
 * trace_file - look a file up in the trace, else find its origin and add it.
 *
 * Refused: a file that nothing accounts for, a file of this project whose
 * bytes have changed since they were compiled, a tool that is not in the list
 * of the host's files.
 */
#include "sbom/trace/trace_file.h"

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"

enum { TRACE_PATH_BYTES = 4096 };

/* Are the bytes of a file of this project still those compiled? */
static int trace_check_ours(
	const struct tracer *tr, struct evidence_made f, struct err *e)
{
	char path[TRACE_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));
	uint64_t size;

	buf_fmt(&b, "%s/%.*s", tr->t->basis.evidence->root, STR_ARG(f.path));
	if (sha256_file(buf_cstr(&b), hex, &size, e) < 0)
		return -1;
	return str_is(f.sha256, hex)
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%.*s has changed since it was compiled: "
				 "sha256 is "
				 "%s, was %.*s",
				 STR_ARG(f.path), hex, STR_ARG(f.sha256));
}

static struct trace_file *trace_known_file(
	const struct trace *t, struct evidence_made f)
{
	const struct table_entry *at = table_find(&t->by_path, f.path);

	for (; at != NULL; at = table_next(&t->by_path, at))
		if (str_eq(t->files[at->value]->file.sha256, f.sha256))
			return t->files[at->value];
	return NULL;
}

static int trace_new_file(struct tracer *tr, struct trace_file from,
	struct trace_file **out, struct err *e)
{
	struct trace *t = tr->t;
	struct trace_file *file = arena_alloc(t->basis.arena, sizeof(*file));
	struct trace_file **files = arena_grow(t->basis.arena, t->files,
		t->n_files, &t->files_room, sizeof(*files));

	if (file == NULL || files == NULL)
		return tracer_no_memory(e);
	t->files = files;
	*file = from;
	if (tracer_keep(tr, from.file.path, &file->file.path, e) < 0 ||
		tracer_keep(tr, from.file.sha256, &file->file.sha256, e) < 0)
		return -1;
	if (table_add(&t->by_path, file->file.path, (uint32_t)t->n_files) < 0)
		return tracer_no_memory(e);
	files[t->n_files++] = file;
	*out = file;
	return file->origin.kind == ORIGIN_GENERATED
		       ? tracer_add_generated(tr, file, e)
		       : 0;
}

int trace_file(struct tracer *tr, struct evidence_made f,
	struct trace_file **out, struct err *e)
{
	struct trace_file new = {.file = f};

	*out = trace_known_file(tr->t, f);
	if (*out != NULL)
		return 0;
	if (origin_find(tr->t->basis.evidence, tr->t->basis.lock, f,
		    &new.origin, e) < 0)
		return -1;
	if (new.origin.kind == ORIGIN_OURS && trace_check_ours(tr, f, e) < 0)
		return -1;
	return trace_new_file(tr, new, out, e);
}

static int trace_add_header(struct tracer *tr, struct trace_object *of,
	const struct trace_file *header, struct err *e)
{
	const struct trace_file **list;

	for (size_t i = 0; i < of->n_headers; i++)
		if (of->headers[i] == header)
			return 0;
	list = arena_grow(tr->t->basis.arena, of->headers, of->n_headers,
		&of->headers_room, sizeof(*list));
	if (list == NULL)
		return tracer_no_memory(e);
	of->headers = list;
	list[of->n_headers++] = header;
	return 0;
}

int trace_headers(struct tracer *tr, const struct node *deps, bool skip_gone,
	struct trace_object *of, struct err *e)
{
	struct trace_file *file;

	for (const struct node *c = node_first(deps); c; c = c->next) {
		if (skip_gone && evidence_made(c).sha256.n == 0)
			continue;
		if (trace_file(tr, evidence_made(c), &file, e) < 0)
			return -1;
		file->is_header = true;
		if (trace_add_header(tr, of, file, e) < 0)
			return -1;
	}
	return 0;
}

int trace_source(struct tracer *tr, struct evidence_made f,
	struct trace_file **out, struct err *e)
{
	if (trace_file(tr, f, out, e) < 0)
		return -1;
	(*out)->is_source = true;
	return 0;
}

/* ---- tools ---- */

static int trace_add_tool(
	struct tracer *tr, const struct evidence_file *record, struct err *e)
{
	struct trace *t = tr->t;
	const struct evidence_file **tools;

	for (size_t i = 0; i < t->n_tools; i++)
		if (str_eq(t->tools[i]->package, record->package))
			return 0;
	tools = arena_grow(t->basis.arena, t->tools, t->n_tools, &t->tools_room,
		sizeof(*tools));
	if (tools == NULL)
		return tracer_no_memory(e);
	t->tools = tools;
	tools[t->n_tools++] = record;
	return 0;
}

int trace_tool(struct tracer *tr, const struct node *event, struct err *e)
{
	const struct evidence *ev = tr->t->basis.evidence;
	struct str tool = node_text(node_get(event, "tool")), path;
	const struct evidence_file *record;

	if (!str_has_prefix(tool, STR("/")) ||
		table_find(&tr->tools, tool) != NULL)
		return 0;
	record = evidence_host(ev, tool);
	if (record == NULL)
		return err_kind(e, ERR_ABSENT,
			"orphan: tool %.*s is not in the list of the host's "
			"files",
			STR_ARG(tool));
	if (tracer_keep(tr, tool, &path, e) < 0)
		return -1;
	if (table_add(&tr->tools, path, 0) < 0)
		return tracer_no_memory(e);
	return trace_add_tool(tr, record, e);
}

/* Tools that recipes run without leaving an event (toolchain/list). */
static bool trace_is_silent(const struct tracer *tr, struct str path)
{
	static const char *const always[] = {
		"make", "patch", "sed", "mawk", "gawk"};
	struct str name = str_base_name(path);

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (str_is(name, always[i]))
			return true;
	/* protoc runs it by itself */
	return str_is(name, "protoc-gen-c") &&
	       table_find(&tr->tools, STR("/usr/bin/protoc")) != NULL;
}

int trace_silent_tools(struct tracer *tr, struct err *e)
{
	const struct evidence *ev = tr->t->basis.evidence;

	for (size_t i = 0; i < ev->n_files; i++)
		if (ev->files[i].list == EVIDENCE_TOOLCHAIN &&
			trace_is_silent(tr, ev->files[i].path) &&
			trace_add_tool(tr, &ev->files[i], e) < 0)
			return -1;
	return 0;
}
