/*
 * why_header - each object that read the header, with the code that its line
 * table leads there.
 *
 * "no line table" is not "no code": the object was compiled without -g.  Code
 * of a macro counts where the macro is used.
 */
#include "sbom/write/why_header.h"

#include "sbom/write/why_object.h"

bool why_is_header(const struct trace_file *file, struct str name)
{
	struct str path = file->file.path;

	return file->is_header &&
	       (str_eq(path, name) ||
		       (path.n > name.n && str_has_suffix(path, name) &&
			       path.p[path.n - name.n - 1] == '/'));
}

static bool why_reads(
	const struct trace_object *object, const struct trace_file *header)
{
	for (size_t i = 0; i < object->n_headers; i++)
		if (object->headers[i] == header)
			return true;
	return false;
}

static size_t why_readers(const struct why *w, const struct trace_file *header)
{
	size_t n = 0;

	for (size_t i = 0; i < w->trace->n_objects; i++)
		n += why_reads(w->trace->objects[i], header);
	return n;
}

static void why_reader_text(const struct why *w,
	const struct trace_object *object, const struct trace_file *header,
	struct buf *out)
{
	uint64_t bytes = inlined_bytes(w->inlined, header, object);

	buf_fmt(out, "  read by   %.*s", STR_ARG(object->name));
	if (!w->inlined->has_lines[object->order])
		buf_text(out, ", which has no line table\n");
	else if (bytes == 0)
		buf_text(out, ", no code of it\n");
	else
		buf_fmt(out, ", %llu bytes of code:\n",
			(unsigned long long)bytes);
	for (size_t i = 0; i < w->inlined->n; i++) {
		const struct inlined *x = &w->inlined->list[i];

		if (x->header == header && x->object == object)
			buf_fmt(out, "  0x%-8llx%8llu  line %llu\n",
				(unsigned long long)x->address,
				(unsigned long long)x->size,
				(unsigned long long)x->line);
	}
}

void why_header_text(
	const struct why *w, const struct trace_file *header, struct buf *out)
{
	const struct trace *t = w->trace;
	size_t readers = why_readers(w, header);

	buf_fmt(out,
		"%.*s: a header, read by %zu object%s, %llu bytes of code by "
		"the line tables\n  sha256    %.*s\n",
		STR_ARG(header->file.path), readers, readers == 1 ? "" : "s",
		(unsigned long long)inlined_bytes(w->inlined, header, NULL),
		STR_ARG(header->file.sha256));
	why_origin_text(t, &header->origin, out);
	for (size_t i = 0; i < t->n_objects; i++)
		if (why_reads(t->objects[i], header))
			why_reader_text(w, t->objects[i], header, out);
}

static void why_reader_json(const struct why *w,
	const struct trace_object *object, const struct trace_file *header,
	struct json_out *o)
{
	json_map(o, NULL);
	json_str(o, "object", object->name);
	json_str(o, "objectSha256", object->sha256);
	json_truth(o, "hasLineTable", w->inlined->has_lines[object->order]);
	json_list(o, "code");
	for (size_t i = 0; i < w->inlined->n; i++) {
		const struct inlined *x = &w->inlined->list[i];

		if (x->header != header || x->object != object)
			continue;
		json_map(o, NULL);
		json_whole(o, "address", (int64_t)x->address);
		json_whole(o, "size", (int64_t)x->size);
		json_whole(o, "line", (int64_t)x->line);
		json_map_end(o);
	}
	json_list_end(o);
	json_map_end(o);
}

void why_header_json(const struct why *w, const struct trace_file *header,
	struct json_out *o)
{
	const struct trace *t = w->trace;

	json_map(o, NULL);
	json_str(o, "header", header->file.path);
	json_str(o, "headerSha256", header->file.sha256);
	why_package_json(t, &header->origin, o);
	json_whole(
		o, "bytes", (int64_t)inlined_bytes(w->inlined, header, NULL));
	json_list(o, "readBy");
	for (size_t i = 0; i < t->n_objects; i++)
		if (why_reads(t->objects[i], header))
			why_reader_json(w, t->objects[i], header, o);
	json_list_end(o);
	json_map_end(o);
}
