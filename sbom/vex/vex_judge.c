/*
 * vex_judge - from each file that a patch changes to the objects made from it,
 * and from each function there to its section.
 *
 *	what a patch changes              applied        still open
 *	nothing of it is in the program   not affected   not affected
 *	a function in the program         fixed          affected
 *	a header, a macro, inlined code   fixed          under investigation
 *	a source that is not C            fixed          under investigation
 *
 * Not affected is only said when the code is proven to be absent: no object is
 * made from the file, or the linker dropped the function and nothing that is
 * left names it (vex_reach).
 */
#include "sbom/vex/vex_judge.h"

#include "lib/base/buf.h"
#include "sbom/evidence/built.h"
#include "sbom/vex/vex_reach.h"

#include <stdarg.h>

enum { VEX_GROUND_MAX = 4096 };

int vex_ground(struct vex_statement *s, struct arena *a, struct err *e,
	const char *fmt, ...)
{
	char memory[VEX_GROUND_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str *list;
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	list = arena_grow(a, s->grounds, s->n_grounds, &s->room, sizeof(*list));
	if (list == NULL || b.full)
		return err_kind(e, ERR_LIMIT, "%.*s: no room for its grounds",
			STR_ARG(s->cve));
	s->grounds = list;
	list[s->n_grounds] = (struct str){arena_copy(a, buf_view(&b)), b.n};
	if (list[s->n_grounds].p == NULL)
		return fix_no_memory(e);
	s->n_grounds++;
	return 0;
}

/* The status becomes the worse of both. */
static void vex_raise(struct vex_statement *s, enum vex_status status)
{
	if (status > s->status)
		s->status = status;
}

bool vex_has_package(
	const struct vex_program *p, const struct lock_line *package)
{
	const struct trace *t = p->why.trace;

	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i]->origin.package == package)
			return true;
	return false;
}

/* One file of a fix, in one program. */
struct vex_file {
	const struct vex_judge *j;
	const struct fix *fix;
	const struct fix_file *file;
	struct str name; /* of the file, for people */
};

static struct arena *vex_arena(const struct vex_judge *j)
{
	return j->texts->basis->arena;
}

static int vex_say(const struct vex_file *f, const char *what, struct err *e)
{
	return vex_ground(f->j->statement, vex_arena(f->j), e,
		"%s: %.*s changes %.*s: %s", f->j->program->name,
		STR_ARG(str_base_name(f->fix->name)), STR_ARG(f->name), what);
}

/* The code is there, though where is not known. */
static int vex_say_somewhere(
	const struct vex_file *f, const char *what, struct err *e)
{
	vex_raise(f->j->statement,
		f->fix->is_open ? VEX_UNDER_INVESTIGATION : VEX_FIXED);
	return vex_say(f, what, e);
}

/* ---- one function or variable ---- */

struct vex_part {
	const struct vex_file *f;
	const struct trace_object *object;
	const struct c_part *part;
};

static int vex_say_part(
	const struct vex_part *p, struct err *e, const char *what)
{
	const struct vex_judge *j = p->f->j;

	return vex_ground(j->statement, vex_arena(j), e,
		"%s: %.*s changes %.*s in %.*s: %s", j->program->name,
		STR_ARG(str_base_name(p->f->fix->name)), STR_ARG(p->part->name),
		STR_ARG(p->f->name), what);
}

static int vex_part_linked(
	const struct vex_part *p, const struct why_part *at, struct err *e)
{
	char memory[128];
	struct buf b = buf_fixed(memory, sizeof(memory));

	vex_raise(p->f->j->statement,
		p->f->fix->is_open ? VEX_AFFECTED : VEX_FIXED);
	buf_fmt(&b, "in the program at 0x%llx, %llu bytes",
		(unsigned long long)at->address, (unsigned long long)at->size);
	return vex_say_part(p, e, buf_cstr(&b));
}

static int vex_part_somewhere(
	const struct vex_part *p, const char *what, struct err *e)
{
	vex_raise(p->f->j->statement,
		p->f->fix->is_open ? VEX_UNDER_INVESTIGATION : VEX_FIXED);
	return vex_say_part(p, e, what);
}

/* The linker dropped its section: is it inlined into what is left? */
static int vex_part_dropped(const struct vex_part *p, struct err *e)
{
	const struct vex_judge *j = p->f->j;
	const struct vex_reach reach = {&j->program->why, j->texts, p->object};
	char memory[512];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str through;
	int reached = vex_reach(&reach, p->part, &through, e);

	if (reached < 0)
		return -1;
	if (reached == 0)
		return vex_say_part(p, e,
			"the linker dropped it, and nothing that is left "
			"names it");
	buf_fmt(&b,
		"the linker dropped it, but %.*s names it and may have it "
		"inlined",
		STR_ARG(through));
	return vex_part_somewhere(p, buf_cstr(&b), e);
}

static int vex_judge_part(const struct vex_part *p, struct err *e)
{
	struct why_part at =
		why_part(&p->f->j->program->why, p->object, p->part);

	switch (p->part->kind) {
	case C_DECLARED:
		return vex_part_somewhere(
			p, "a declaration, or a macro's use", e);
	case C_TYPE:
		return vex_part_somewhere(p, "a type, used anywhere", e);
	case C_MACRO:
		return vex_part_somewhere(p, "a macro, used anywhere", e);
	case C_FUNCTION:
	case C_VARIABLE:
		break;
	}
	if (at.state == WHY_LINKED)
		return vex_part_linked(p, &at, e);
	if (at.state == WHY_DROPPED)
		return vex_part_dropped(p, e);
	return vex_part_somewhere(
		p, "no code of its own: inlined, or not compiled", e);
}

/* ---- one file ---- */

static const struct trace_file *vex_traced(
	const struct trace *t, const struct fix_file *f)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (str_eq(t->files[i]->file.path, f->path) ||
			(t->files[i]->origin.record != NULL &&
				str_eq(t->files[i]->origin.record->path,
					f->path)))
			return t->files[i];
	return NULL;
}

static int vex_judge_object(const struct vex_file *f,
	const struct trace_object *object, struct err *e)
{
	struct vex_part p = {.f = f, .object = object};

	if (!fix_is_c(f->file->path))
		return vex_say_somewhere(f,
			"compiled, but not C: which code changes is not known",
			e);
	for (size_t i = 0; i < f->file->n_parts; i++) {
		p.part = &f->file->parts[i];
		if (vex_judge_part(&p, e) < 0)
			return -1;
	}
	if (f->file->lost > 0 &&
		vex_say_somewhere(f,
			"later patches changed some of its lines again, what "
			"they are in is not known",
			e) < 0)
		return -1;
	return f->file->loose == 0
		       ? 0
		       : vex_say_somewhere(f,
				 "lines outside of functions, such as #if, may "
				 "change any of them",
				 e);
}

/* Does it say how things are built, but is no source of any? */
static bool vex_is_build_file(struct str path)
{
	static const struct str ends[] = {{".am", 3}, {".ac", 3}, {".in", 3},
		{".mk", 3}, {".cmake", 6}, {".build", 6}, {"Makefile", 8},
		{"configure", 9}, {"CMakeLists.txt", 14}};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (str_has_suffix(path, ends[i]))
			return true;
	return false;
}

/* A file that no object has as its main source. */
static int vex_judge_other(const struct vex_file *f, struct err *e)
{
	const struct trace_file *read =
		vex_traced(f->j->program->why.trace, f->file);

	if (read != NULL && read->is_header)
		return vex_say_somewhere(f,
			"a header that was read; what of it is in the program "
			"is not known",
			e);
	if (read != NULL)
		return vex_say_somewhere(
			f, "a file that a source was made from", e);
	if (f->fix->is_open && vex_is_build_file(f->file->path))
		return vex_say_somewhere(
			f, "it says how the package is built", e);
	return vex_say(f, "no object of the program is made from it", e);
}

/* Does an object of another source have the file in it, by #include? */
static bool vex_is_included(const struct vex_file *f)
{
	const struct trace *t = f->j->program->why.trace;

	for (size_t i = 0; i < t->n_objects; i++) {
		const struct trace_object *o = t->objects[i];

		/* what a compiler reads may hold the source itself */
		if (str_eq(o->source->file.path, f->file->path))
			continue;
		for (size_t k = 0; k < o->n_headers; k++)
			if (str_eq(o->headers[k]->file.path, f->file->path))
				return true;
	}
	return false;
}

static int vex_judge_file(const struct vex_file *f, struct err *e)
{
	const struct trace *t = f->j->program->why.trace;
	size_t n = 0;

	for (size_t i = 0; i < t->n_objects; i++) {
		const struct trace_object *o = t->objects[i];

		if (!str_eq(o->source->file.path, f->file->path))
			continue;
		n++;
		if (vex_judge_object(f, o, e) < 0)
			return -1;
	}
	if (n == 0)
		return vex_judge_other(f, e);
	return vex_is_included(f)
		       ? vex_say_somewhere(f, "another source includes it", e)
		       : 0;
}

/* "DIR/FILE" in the source of a package; outside the path itself. */
static struct str vex_file_name(const struct evidence *ev, struct str path)
{
	struct str dir, rest;

	return !ev->is_outside && built_is_source(path, &dir, &rest) ? rest
								     : path;
}

int vex_judge_fix(
	const struct vex_judge *j, const struct fix *fix, struct err *e)
{
	if (vex_ground(j->statement, vex_arena(j), e,
		    "%s: %.*s %s, sha256 %.*s", j->program->name,
		    STR_ARG(str_base_name(fix->name)),
		    fix->is_open ? "is not applied" : "is applied",
		    STR_ARG(fix->patch.sha256)) < 0)
		return -1;
	if (fix->n_files == 0) {
		vex_raise(j->statement, VEX_UNDER_INVESTIGATION);
		return vex_ground(j->statement, vex_arena(j), e,
			"%s: %.*s changes no file that is still there",
			j->program->name, STR_ARG(str_base_name(fix->name)));
	}
	for (size_t i = 0; i < fix->n_files; i++) {
		const struct vex_file f = {j, fix, &fix->files[i],
			vex_file_name(
				j->texts->basis->evidence, fix->files[i].path)};

		if (vex_judge_file(&f, e) < 0)
			return -1;
	}
	return 0;
}

int vex_judge_mention(
	const struct vex_judge *j, const struct fix_mention *m, struct err *e)
{
	vex_raise(j->statement, VEX_UNDER_INVESTIGATION);
	return vex_ground(j->statement, vex_arena(j), e,
		"%s: debian/changelog of %.*s %.*s names it, and no patch "
		"that was applied does: which code is meant is not known",
		j->program->name, STR_ARG(m->package->package),
		STR_ARG(m->version));
}
