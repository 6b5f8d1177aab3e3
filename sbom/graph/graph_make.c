/*
 * graph_make - files are worked off in the order in which they were found; each
 * may add a step, and that more files.  No recursion.
 */
#include "sbom/graph/graph_make.h"

#include "sbom/graph/graph_file.h"
#include "sbom/graph/graph_step.h"

#include <stdlib.h>

enum { GRAPH_SCRATCH_BYTES = 1 << 30 };

/* An archive of which only members that were taken count: these are its
   inputs. */
static int graph_fill_archives(struct graph *g, struct err *e)
{
	for (uint32_t i = 0; i < g->n_files; i++) {
		int64_t step = g->files[i].archive < 0
				       ? GRAPH_NONE
				       : g->files[g->files[i].archive].step;

		if (step != GRAPH_NONE &&
			graph_list_add(g->arena, &g->steps[step].inputs, i, e) <
				0)
			return -1;
	}
	return 0;
}

static int graph_start(
	struct graph *g, const struct graph_wish *wish, struct err *e)
{
	char *real = realpath(wish->path, NULL); /* heap */
	uint32_t first;
	int found;

	if (real == NULL)
		return err_sys(e, "%s", wish->path);
	found = graph_file(g,
		(struct evidence_made){str_of(real), wish->sha256}, UINT32_MAX,
		&first, e);
	if (found == 0)
		err_kind(e, ERR_INPUT, "%s: its sha256 is not %.*s", real,
			STR_ARG(wish->sha256));
	free(real);
	return found > 0 ? 0 : -1;
}

static int graph_grow(struct graph_maker *m, struct err *e)
{
	for (uint32_t i = 0; i < m->g->n_files; i++)
		if (graph_step(m, i, e) < 0)
			return -1;
	return m->has_whole_archives ? 0 : graph_fill_archives(m->g, e);
}

int graph_make(const struct evidence *ev, const struct graph_wish *wish,
	struct arena *a, struct graph *out, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(GRAPH_SCRATCH_BYTES);
	struct graph_maker m = {
		.g = out,
		.scratch = &scratch,
		.shelves = table_make(a),
		.has_whole_archives = wish->has_whole_archives,
	};

	*out = (struct graph){
		.evidence = ev,
		.arena = a,
		.by_key = table_make(a),
		.by_sha256 = table_make(a),
	};
	if (graph_start(out, wish, e) < 0 || graph_grow(&m, e) < 0)
		return err_at(e, "%s", wish->path);
	if (out->files[0].step == GRAPH_NONE)
		return err_kind(e, ERR_ABSENT,
			"%s: no recorded link or strip wrote this program",
			wish->path);
	return 0;
}
