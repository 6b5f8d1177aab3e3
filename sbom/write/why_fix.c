/*
 * why_fix - patch by patch, file by file, object by object.
 *
 * A file that no object was made from is in no part of the program; a header is
 * in the objects that read it, as far as their line tables tell.
 */
#include "sbom/write/why_fix.h"

#include "sbom/write/why_header.h"
#include "sbom/write/why_object.h"
#include "sbom/write/why_part.h"

static const char *const why_bases[] = {
	[FIX_BY_NAME] = "by its name",
	[FIX_BY_TEXT] = "by its text",
	[FIX_BY_CHANGELOG] = "by debian/changelog",
	[FIX_BROUGHT] = "as it was given",
};

static const char *why_part_kind(const struct c_part *part)
{
	static const char *const kinds[] = {
		[C_FUNCTION] = "function",
		[C_VARIABLE] = "variable",
		[C_TYPE] = "type",
		[C_MACRO] = "macro",
		[C_DECLARED] = "declaration",
	};

	return kinds[part->kind];
}

/* A header of the trace by its path; NULL. */
static const struct trace_file *why_patched_header(
	const struct trace *t, struct str path)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i]->is_header &&
			str_eq(t->files[i]->file.path, path))
			return t->files[i];
	return NULL;
}

static bool why_is_made_from(
	const struct trace_object *object, const struct fix_file *f)
{
	return str_eq(object->source->file.path, f->path);
}

static size_t why_made_from(const struct trace *t, const struct fix_file *f)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_objects; i++)
		n += why_is_made_from(t->objects[i], f);
	return n;
}

static bool why_has_package(const struct trace *t, const struct lock_line *line)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i]->origin.package == line)
			return true;
	return false;
}

/* ---- for people ---- */

static void why_part_text(const struct why *w,
	const struct trace_object *object, const struct c_part *part,
	struct buf *out)
{
	struct why_part p = why_part(w, object, part);

	buf_fmt(out, "    %-11s %.*s: ", why_part_kind(part),
		STR_ARG(part->name));
	switch (p.state) {
	case WHY_LINKED:
		buf_fmt(out, "in the program, 0x%llx, %llu bytes\n",
			(unsigned long long)p.address,
			(unsigned long long)p.size);
		break;
	case WHY_DROPPED:
		buf_text(out, "not in the program, the linker dropped it\n");
		break;
	case WHY_NO_CODE:
		buf_text(out, "no code of its own: inlined where it is used, "
			      "or not compiled\n");
		break;
	}
}

static void why_fix_file_text(
	const struct why *w, const struct fix_file *f, struct buf *out)
{
	const struct trace *t = w->trace;
	const struct trace_file *header = why_patched_header(t, f->path);

	buf_fmt(out, "  changes   %.*s\n", STR_ARG(f->path));
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct trace_object *o = t->objects[i];

		if (!why_is_made_from(o, f))
			continue;
		why_chain_text(t, o, w->licences[o->order], out);
		for (size_t k = 0; k < f->n_parts; k++)
			why_part_text(w, o, &f->parts[k], out);
	}
	if (header != NULL)
		why_header_text(w, header, out);
	else if (why_made_from(t, f) == 0)
		buf_text(out, "    not in the program: no object is made from "
			      "it\n");
	if (f->lost > 0)
		buf_fmt(out,
			"    %zu hunks were changed again by later patches: "
			"what they change is not known\n",
			f->lost);
}

static void why_fix_text(
	const struct why *w, const struct fix *f, struct buf *out)
{
	buf_fmt(out, "fixed by %.*s, %s\n  sha256    %.*s\n", STR_ARG(f->name),
		why_bases[f->basis], STR_ARG(f->patch.sha256));
	if (f->from != NULL)
		buf_fmt(out,
			"  package   %.*s %.*s, line %u of the lock: %.*s\n",
			STR_ARG(f->from->package), STR_ARG(f->from->version),
			f->from->line, STR_ARG(f->from->name));
	else
		buf_fmt(out, "  package   %.*s %.*s, a patch of this project\n",
			STR_ARG(f->package->package),
			STR_ARG(f->package->version));
	if (!why_has_package(w->trace, f->package))
		buf_text(
			out, "    nothing of this package is in the program\n");
	for (size_t i = 0; i < f->n_files; i++)
		why_fix_file_text(w, &f->files[i], out);
}

static void why_mention_text(
	const struct why *w, const struct fix_mention *m, struct buf *out)
{
	buf_fmt(out,
		"said by debian/changelog of %.*s, of version %.*s:\n"
		"    %.*s\n",
		STR_ARG(m->package->package), STR_ARG(m->version),
		STR_ARG(m->text));
	if (!why_has_package(w->trace, m->package))
		buf_text(
			out, "    nothing of this package is in the program\n");
}

void why_fixes_text(const struct why *w, const struct fixes *f, struct buf *out)
{
	for (size_t i = 0; i < f->n; i++)
		why_fix_text(w, &f->list[i], out);
	for (size_t i = 0; i < f->n_mentions; i++)
		why_mention_text(w, &f->mentions[i], out);
}

/* ---- as JSON ---- */

static void why_part_json(const struct why *w,
	const struct trace_object *object, const struct c_part *part,
	struct json_out *o)
{
	static const char *const states[] = {
		[WHY_LINKED] = "linked",
		[WHY_DROPPED] = "dropped",
		[WHY_NO_CODE] = "no-code",
	};
	struct why_part p = why_part(w, object, part);

	json_map(o, NULL);
	json_str(o, "name", part->name);
	json_text(o, "kind", why_part_kind(part));
	json_text(o, "state", states[p.state]);
	if (p.state == WHY_LINKED) {
		json_whole(o, "address", (int64_t)p.address);
		json_whole(o, "size", (int64_t)p.size);
	}
	json_map_end(o);
}

static void why_fix_file_json(
	const struct why *w, const struct fix_file *f, struct json_out *o)
{
	const struct trace *t = w->trace;
	const struct trace_file *header = why_patched_header(t, f->path);

	json_map(o, NULL);
	json_str(o, "path", f->path);
	json_whole(o, "hunksLost", (int64_t)f->lost);
	json_list(o, "objects");
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct trace_object *x = t->objects[i];

		if (!why_is_made_from(x, f))
			continue;
		json_map(o, NULL);
		why_chain_json(t, x, w->licences[x->order], o);
		json_list(o, "parts");
		for (size_t k = 0; k < f->n_parts; k++)
			why_part_json(w, x, &f->parts[k], o);
		json_list_end(o);
		json_map_end(o);
	}
	json_list_end(o);
	if (header != NULL) {
		json_list(o, "header");
		why_header_json(w, header, o);
		json_list_end(o);
	}
	json_map_end(o);
}

static void why_fix_json(
	const struct why *w, const struct fix *f, struct json_out *o)
{
	const struct lock_line *line = f->from != NULL ? f->from : f->package;

	json_map(o, NULL);
	json_str(o, "patch", f->name);
	json_str(o, "patchSha256", f->patch.sha256);
	json_text(o, "basis", why_bases[f->basis]);
	json_str(o, "package", line->package);
	json_str(o, "version", line->version);
	if (f->from != NULL) {
		json_whole(o, "lockLine", line->line);
		json_str(o, "archive", line->name);
	}
	json_truth(
		o, "packageInProgram", why_has_package(w->trace, f->package));
	json_list(o, "files");
	for (size_t i = 0; i < f->n_files; i++)
		why_fix_file_json(w, &f->files[i], o);
	json_list_end(o);
	json_map_end(o);
}

void why_fixes_json(
	const struct why *w, const struct fixes *f, struct json_out *o)
{
	for (size_t i = 0; i < f->n; i++)
		why_fix_json(w, &f->list[i], o);
	for (size_t i = 0; i < f->n_mentions; i++) {
		const struct fix_mention *m = &f->mentions[i];

		json_map(o, NULL);
		json_str(o, "changelogOf", m->package->package);
		json_str(o, "ofVersion", m->version);
		json_str(o, "says", m->text);
		json_truth(o, "packageInProgram",
			why_has_package(w->trace, m->package));
		json_map_end(o);
	}
}
