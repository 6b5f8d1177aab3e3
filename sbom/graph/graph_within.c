/*
 * graph_within - from the program down, over links to what they took, not to
 * whole archives.
 */
#include "sbom/graph/graph_within.h"

/* A program that a command of the build ran, not one that it changed. */
static bool within_is_tool(
	const struct graph *g, const struct graph_step *s, uint32_t input)
{
	int64_t made = g->files[input].step;
	struct str name = g->files[s->output].name;

	if (s->kind != GRAPH_COMMAND || made < 0 ||
		g->steps[made].kind != GRAPH_LINK)
		return false;
	return str_has_suffix(name, STR(".c")) ||
	       str_has_suffix(name, STR(".h")) ||
	       str_has_suffix(name, STR(".s")) ||
	       str_has_suffix(name, STR(".S"));
}

/* An archive that a link read; what it took counts instead. */
static bool within_is_whole(
	const struct graph *g, const struct graph_step *s, uint32_t input)
{
	for (size_t i = 0; i < s->taken.n; i++)
		if (g->files[s->taken.list[i]].archive == (int64_t)input)
			return true;
	return s->taken.n > 0 &&
	       str_has_suffix(g->files[input].name, STR(".a"));
}

bool graph_reads(const struct graph *g, uint32_t file, uint32_t input)
{
	int64_t made = g->files[file].step;

	if (made < 0)
		return false;
	for (size_t i = 0; i < g->steps[made].inputs.n; i++)
		if (g->steps[made].inputs.list[i] == input)
			return true;
	for (size_t i = 0; i < g->steps[made].taken.n; i++)
		if (g->steps[made].taken.list[i] == input)
			return true;
	return false;
}

const bool *graph_within(const struct graph *g, struct err *e)
{
	bool *is_within = arena_alloc(g->arena, g->n_files + 1);
	uint32_t *list =
		arena_alloc(g->arena, (g->n_files + 1) * sizeof(*list));
	size_t n = 0;

	if (is_within == NULL || list == NULL) {
		graph_no_memory(e);
		return NULL;
	}
	is_within[0] = true;
	list[n++] = 0;
	for (size_t k = 0; k < n; k++) {
		int64_t made = g->files[list[k]].step;
		const struct graph_step *s = made < 0 ? NULL : &g->steps[made];

		for (size_t i = 0; s != NULL && i < s->inputs.n + s->taken.n;
			i++) {
			uint32_t in = i < s->inputs.n
					      ? s->inputs.list[i]
					      : s->taken.list[i - s->inputs.n];

			if (is_within[in] || within_is_tool(g, s, in) ||
				within_is_whole(g, s, in))
				continue;
			is_within[in] = true;
			list[n++] = in;
		}
	}
	return is_within;
}
