/*
 * prove - two rounds: every step as it is; then some of them with a file less.
 *
 * Refused: a machine that cannot shut a process into a tree.
 */
#include "sbom/prove/prove.h"
#include "sbom/prove/prove_path.h"

#include "sbom/prove/prove_cross.h"
#include "sbom/prove/prove_draw.h"
#include "sbom/prove/prove_round.h"
#include "sbom/prove/prove_run.h"

#include "lib/arc/arch.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROVE_SCRATCH_BYTES = 1 << 30 };

struct prover {
	const struct prove_request *r;
	struct prove_answer *out;
	struct prove_place place;
	struct prove_tools tools;
	struct prove_links links;
	uint32_t *steps; /* to be run again */
	size_t n_steps;
	uint64_t seed;
};

static int prove_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the proof");
}

/* ---- where ---- */

static int prove_directory(const struct prover *p, const char *name,
	const char **out, struct err *e)
{
	char path[PROVE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s/%s", p->r->work, name);
	if (b.full)
		return err_kind(e, ERR_LIMIT, "%s: path too long", p->r->work);
	*out = arena_copy(p->r->graph->arena, buf_view(&b));
	return *out == NULL ? prove_no_memory(e) : dir_make(*out, 0755, e);
}

/* The links in the directories from which links took the host's files: the
   name libz.so leads to libz.so.1.3. */
static int prove_find_host_links(struct prover *p, struct err *e)
{
	const struct graph *g = p->r->graph;
	struct table seen = table_make(g->arena);

	for (size_t i = 0; i < g->n_files; i++) {
		struct str dir = g->files[i].file.path;
		const char *path, *bin;

		if (!str_has_prefix(dir, STR("/usr/lib")))
			continue;
		dir.n -= str_base_name(dir).n + 1;
		if (table_find(&seen, dir) != NULL)
			continue;
		path = arena_copy(g->arena, dir);
		if (path == NULL || table_add(&seen, dir, 0) < 0)
			return prove_no_memory(e);
		bin = prove_cross_bin(dir, g->arena);
		if (bin == NULL)
			return prove_no_memory(e);
		if (prove_links_in(&p->links, path, e) < 0 ||
			prove_links_in(&p->links, bin, e) < 0)
			return -1;
	}
	return 0;
}

/* The folder of an architecture but amd64: "/arm64" for build/arm64/evidence.
 */
static struct str prove_arch_folder(struct str evidence)
{
	struct str up =
		str_sub(evidence, 0, evidence.n - str_base_name(evidence).n);
	struct str name;

	while (str_has_suffix(up, STR("/")))
		up.n--;
	name = str_base_name(up);
	return arch_find(name) == NULL || name.n == up.n
		       ? STR("")
		       : (struct str){name.p - 1, name.n + 1};
}

/* The links of the trees in which steps ran: of recipes, or the whole root. */
static int prove_find_links(struct prover *p, struct err *e)
{
	const struct graph *g = p->r->graph;
	char path[PROVE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	p->links.arena = g->arena;
	buf_text(&b, p->place.root);
	if (!g->evidence->is_outside)
		buf_fmt(&b, "/build%.*s/work",
			STR_ARG(prove_arch_folder(g->evidence->dir)));
	if (prove_links_below(&p->links, buf_cstr(&b), e) < 0)
		return -1;
	return prove_find_host_links(p, e);
}

static int prove_settle(struct prover *p, struct err *e)
{
	const struct graph *g = p->r->graph;
	char *real = realpath(g->evidence->root, NULL); /* heap */

	if (real == NULL)
		return err_sys(e, "%s", g->evidence->root);
	p->place.root = arena_copy(g->arena, str_of(real));
	free(real);
	p->tools.arena = g->arena;
	p->tools.evidence = g->evidence;
	p->place.g = g;
	p->place.tools = &p->tools;
	p->place.links = &p->links;
	if (p->place.root == NULL)
		return prove_no_memory(e);
	if (prove_run_mode(&p->place.mode, &p->out->lacks, e) < 0 ||
		prove_directory(p, "store", &p->tools.store.dir, e) < 0 ||
		prove_directory(p, "trees", &p->place.tree, e) < 0)
		return -1;
	return prove_find_links(p, e);
}

/* ---- which steps ---- */

/* An object that the recipe of another's library compiled. */
static bool prove_is_members(const struct graph *g, uint32_t step)
{
	const struct graph_step *s = &g->steps[step];
	const struct evidence *ev = g->evidence;

	return s->kind == GRAPH_COMPILE &&
	       ev->rooms[ev->events[s->events[0]].room].recipe != NULL;
}

/* Steps that can be run again, of others' objects as many as are wanted. */
static int prove_choose(struct prover *p, struct err *e)
{
	const struct graph *g = p->r->graph;
	uint32_t *members =
		arena_alloc(g->arena, (g->n_steps + 1) * sizeof(*members));
	size_t n = 0, wanted;

	p->steps = arena_alloc(g->arena, (g->n_steps + 1) * sizeof(*p->steps));
	if (members == NULL || p->steps == NULL)
		return prove_no_memory(e);
	for (uint32_t i = 0; i < g->n_steps; i++) {
		struct prove_result *r = &p->out->results[i];

		r->step = i;
		r->verdict = PROVE_GIVEN;
		if (!prove_step_can(g, i, p->place.scratch, r->text))
			continue;
		if (prove_is_members(g, i))
			members[n++] = i;
		else
			p->steps[p->n_steps++] = i;
	}
	wanted = n < p->r->members ? n : p->r->members;
	if (wanted < n)
		prove_draw(members, n, wanted, &p->seed);
	for (size_t i = 0; i < wanted; i++)
		p->steps[p->n_steps++] = members[i];
	for (size_t i = wanted; i < n; i++)
		snprintf(p->out->results[members[i]].text, PROVE_TEXT_BYTES,
			"not drawn");
	p->out->left_out = n - wanted;
	return 0;
}

static int prove_gather_tools(struct prover *p, struct err *e)
{
	struct table seen = table_make(p->r->graph->arena);

	for (size_t i = 0; i < p->n_steps; i++)
		if (prove_step_tools(&p->place, p->steps[i], e) < 0)
			return -1;
	for (size_t i = 0; i < p->tools.n; i++)
		for (size_t k = 0; k < p->tools.list[i].n_parts; k++) {
			struct str path =
				str_of(p->tools.list[i].parts[k].path);

			if (table_find(&seen, path) != NULL)
				continue;
			if (table_add(&seen, path, 0) < 0)
				return prove_no_memory(e);
			p->out->tool_files++;
		}
	return 0;
}

/* ---- the first round ---- */

static int prove_sufficiency(struct prover *p, struct err *e)
{
	struct arena *a = p->r->graph->arena;
	struct prove_try *tries =
		arena_alloc(a, (p->n_steps + 1) * sizeof(*tries));
	struct prove_result *results =
		arena_alloc(a, (p->n_steps + 1) * sizeof(*results));
	const struct prove_round round = {
		&p->place, tries, p->n_steps, p->r->jobs};

	if (tries == NULL || results == NULL)
		return prove_no_memory(e);
	for (size_t i = 0; i < p->n_steps; i++)
		tries[i].step = p->steps[i];
	if (prove_round(&round, results, e) < 0)
		return -1;
	for (size_t i = 0; i < p->n_steps; i++)
		p->out->results[p->steps[i]] = results[i];
	return 0;
}

/* ---- the second round ---- */

/* A file that no step of the graph stands behind, or one that stands for
   many. */
static bool prove_is_worth(const struct graph *g, uint32_t file)
{
	int64_t step = g->files[file].step;

	return step == GRAPH_NONE || g->steps[step].kind == GRAPH_ARCHIVE;
}

/* The first step, of those run again, that reads each file. */
static uint32_t *prove_readers(struct prover *p)
{
	const struct graph *g = p->r->graph;
	uint32_t *reader =
		arena_alloc(g->arena, (g->n_files + 1) * sizeof(*reader));

	for (size_t i = 0; reader != NULL && i < p->n_steps; i++) {
		const struct graph_step *s = &g->steps[p->steps[i]];

		for (size_t k = 0; k < s->inputs.n; k++)
			if (reader[s->inputs.list[k]] == 0)
				reader[s->inputs.list[k]] = p->steps[i] + 1;
	}
	return reader;
}

static void prove_judge(const struct prove_result *away,
	const struct prove_result *empty, struct prove_taken *out)
{
	out->need = PROVE_NEEDED;
	if (away->verdict == PROVE_SAME || empty->verdict == PROVE_SAME)
		out->need = PROVE_NO_EFFECT;
	else if (away->verdict == PROVE_OTHER || empty->verdict == PROVE_OTHER)
		out->need = PROVE_COUNTS;
}

static int prove_take_away(struct prover *p, const uint32_t *files, size_t n,
	const uint32_t *reader, struct err *e)
{
	struct arena *a = p->r->graph->arena;
	struct prove_try *tries = arena_alloc(a, (2 * n + 1) * sizeof(*tries));
	struct prove_result *results =
		arena_alloc(a, (2 * n + 1) * sizeof(*results));
	const struct prove_round round = {&p->place, tries, 2 * n, p->r->jobs};

	p->out->taken = arena_alloc(a, (n + 1) * sizeof(*p->out->taken));
	if (tries == NULL || results == NULL || p->out->taken == NULL)
		return prove_no_memory(e);
	for (size_t i = 0; i < n; i++) {
		uint32_t step = reader[files[i]] - 1;

		tries[2 * i] = (struct prove_try){step, PROVE_AWAY, files[i]};
		tries[2 * i + 1] =
			(struct prove_try){step, PROVE_EMPTY, files[i]};
	}
	if (prove_round(&round, results, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		p->out->taken[i] = (struct prove_taken){
			.file = files[i], .step = reader[files[i]] - 1};
		prove_judge(&results[2 * i], &results[2 * i + 1],
			&p->out->taken[i]);
	}
	p->out->n_taken = n;
	return 0;
}

static int prove_necessity(struct prover *p, struct err *e)
{
	const struct graph *g = p->r->graph;
	const uint32_t *reader = prove_readers(p);
	uint32_t *files =
		arena_alloc(g->arena, (g->n_files + 1) * sizeof(*files));
	size_t n = 0;

	if (reader == NULL || files == NULL)
		return prove_no_memory(e);
	for (uint32_t i = 0; i < g->n_files; i++) {
		if (reader[i] == 0)
			continue;
		p->out->files++;
		p->out->host_files += graph_is_host(g, &g->files[i]);
		if (prove_is_worth(g, i))
			files[n++] = i;
	}
	prove_draw(files, n, p->r->samples, &p->seed);
	return prove_take_away(
		p, files, n < p->r->samples ? n : p->r->samples, reader, e);
}

int prove_program(
	const struct prove_request *r, struct prove_answer *out, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(PROVE_SCRATCH_BYTES);
	struct prover p = {.r = r, .out = out, .seed = r->seed};

	p.place.scratch = &scratch;
	*out = (struct prove_answer){.n_results = r->graph->n_steps};
	out->results = arena_alloc(r->graph->arena,
		(r->graph->n_steps + 1) * sizeof(*out->results));
	if (out->results == NULL)
		return prove_no_memory(e);
	if (prove_settle(&p, e) < 0 || prove_choose(&p, e) < 0 ||
		prove_gather_tools(&p, e) < 0 || prove_sufficiency(&p, e) < 0)
		return -1;
	return prove_necessity(&p, e);
}
