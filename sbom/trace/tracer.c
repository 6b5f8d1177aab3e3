/* tracer - arrays in the trace's arena that grow as work is found. */
#include "sbom/trace/tracer.h"

int tracer_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the trace");
}

int tracer_keep(struct tracer *tr, struct str s, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(tr->t->basis.arena, s), s.n};
	return out->p == NULL ? tracer_no_memory(e) : 0;
}

int tracer_add_task(struct tracer *tr, struct trace_task task, struct err *e)
{
	struct trace_task *tasks = arena_grow(tr->t->basis.arena, tr->tasks,
		tr->n_tasks, &tr->tasks_room, sizeof(*tasks));

	if (tasks == NULL)
		return tracer_no_memory(e);
	tr->tasks = tasks;
	tasks[tr->n_tasks++] = task;
	return 0;
}

int tracer_add_generated(
	struct tracer *tr, struct trace_file *file, struct err *e)
{
	struct trace_file **list = arena_grow(tr->t->basis.arena, tr->waiting,
		tr->n_waiting, &tr->waiting_room, sizeof(*list));

	if (list == NULL)
		return tracer_no_memory(e);
	tr->waiting = list;
	list[tr->n_waiting++] = file;
	return 0;
}
