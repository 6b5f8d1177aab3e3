/*
 * notice_judge - the licences of the objects of a program, each expression
 * once, are judged together; a conflict is told by one object of each side.
 */
#include "sbom/notice/notice_judge.h"

#include "sbom/licence/judge.h"
#include "sbom/licence/rule.h"
#include "sbom/model/licence.h"

/* The different licences of one program, with an object for each. */
struct notice_mix {
	const struct model_program *program;
	struct str path;
	struct str licence[JUDGE_PARTS_MAX];
	const struct trace_object *example[JUDGE_PARTS_MAX];
	const struct expression *parsed[JUDGE_PARTS_MAX];
	size_t n;
};

/* ---- chains ---- */

static void notice_chain_source(
	const struct notice *n, const struct trace_file *f, struct buf *out)
{
	const struct model_source *s = model_source(n->model, f);
	const struct lock_line *l = f->origin.package;

	buf_fmt(out, "    <- source %.*s\n",
		STR_ARG(s != NULL ? s->name : f->file.path));
	if (f->origin.kind == ORIGIN_HOST)
		buf_fmt(out, "    <- of the building machine: %.*s\n",
			STR_ARG(f->origin.record->package));
	else if (l == NULL)
		buf_fmt(out, "    <- of this project\n");
	else if (l->line > 0)
		buf_fmt(out, "    <- %.*s %.*s, line %u of the lock: %.*s\n",
			STR_ARG(l->package), STR_ARG(l->version), l->line,
			STR_ARG(l->name));
	else
		buf_fmt(out, "    <- %.*s %.*s\n", STR_ARG(l->package),
			STR_ARG(l->version));
}

static void notice_chain_object(const struct notice *n, struct str program,
	const struct trace_object *o, struct buf *out)
{
	buf_fmt(out, "    %.*s\n    <- ", STR_ARG(program));
	if (o->library != NULL)
		buf_fmt(out, "member %.*s of %.*s\n", STR_ARG(o->name),
			STR_ARG(str_base_name(o->library->file.path)));
	else
		buf_fmt(out, "object %.*s\n", STR_ARG(o->name));
	notice_chain_source(n, o->source, out);
}

static struct str notice_path_of(
	const struct model *m, const struct model_program *p)
{
	for (size_t i = 0; i < m->n_files; i++)
		if (m->files[i].program == p)
			return m->files[i].file->path;
	return (struct str){0};
}

void notice_chain(
	const struct notice *n, const struct model_source *s, struct buf *out)
{
	const struct model *m = n->model;

	for (size_t i = 0; i < m->n_programs; i++) {
		const struct trace *t = &m->programs[i].trace;

		for (size_t k = 0; k < t->n_objects; k++)
			if (model_source(m, t->objects[k]->source) == s) {
				notice_chain_object(n,
					notice_path_of(m, &m->programs[i]),
					t->objects[k], out);
				return;
			}
	}
}

/* ---- a program ---- */

static int notice_mix_object(const struct notice *n, struct notice_mix *x,
	const struct trace_object *o, struct err *e)
{
	struct licence_book *book =
		(struct licence_book *)(uintptr_t)&n->model->licences;
	const struct expression *parsed;
	struct str licence;

	if (file_licence(book, o->source, &licence, e) < 0)
		return -1;
	for (size_t i = 0; i < x->n; i++)
		if (str_eq(x->licence[i], licence))
			return 0;
	if (x->n == JUDGE_PARTS_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d licences", JUDGE_PARTS_MAX);
	if (notice_parse(n, licence, &parsed, e) < 0)
		return -1;
	if (parsed == NULL) /* notice_add_uses() says so */
		return 0;
	x->licence[x->n] = licence;
	x->example[x->n] = o;
	x->parsed[x->n++] = parsed;
	return 0;
}

static int notice_report_conflict(struct notice *n, const struct notice_mix *x,
	const struct judgement *j, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(NOTICE_TEXT_MAX);

	buf_fmt(&b,
		"%.*s: licences that exclude each other are linked into one "
		"program\n",
		STR_ARG(x->path));
	for (size_t i = 0; i < j->n_conflict; i++) {
		buf_fmt(&b, "  %.*s\n", STR_ARG(x->licence[j->conflict[i]]));
		notice_chain_object(n, x->path, x->example[j->conflict[i]], &b);
	}
	return notice_add_problem(n, NOTICE_CONFLICT, &b, e);
}

static int notice_judge_program(
	struct notice *n, struct notice_mix *x, unsigned *under, struct err *e)
{
	const struct trace *t = &x->program->trace;
	struct judgement j;

	for (size_t i = 0; i < t->n_objects; i++)
		if (notice_mix_object(n, x, t->objects[i], e) < 0)
			return -1;
	judge(x->parsed, x->n, &j);
	n->programs[n->n_programs++] =
		(struct notice_program){x->path, j.under};
	if (j.under == 0 && notice_report_conflict(n, x, &j, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct model_source *s =
			model_source(n->model, t->objects[i]->source);

		if (s != NULL)
			under[s - n->model->sources] |=
				j.under != 0 ? j.under : UNDER_ALL;
	}
	return 0;
}

int notice_judge(struct notice *n, unsigned **under, struct err *e)
{
	const struct model *m = n->model;
	struct notice_mix *x = arena_alloc(m->arena, sizeof(*x));

	*under = arena_alloc(m->arena, (m->n_sources + 1) * sizeof(**under));
	n->programs = arena_alloc(
		m->arena, (m->n_programs + 1) * sizeof(*n->programs));
	if (x == NULL || *under == NULL || n->programs == NULL)
		return model_no_memory(e);
	for (size_t i = 0; i < m->n_programs; i++) {
		*x = (struct notice_mix){.program = &m->programs[i],
			.path = notice_path_of(m, &m->programs[i])};
		if (notice_judge_program(n, x, *under, e) < 0)
			return -1;
	}
	return 0;
}
