/* proof - counts first, then each step that is not proven, then files. */
#include "sbom/write/proof.h"

#include "lib/base/json_out.h"

#include <string.h>

static const char *const proof_verdicts[] = {
	[PROVE_SAME] = "same",
	[PROVE_GIVEN] = "given",
	[PROVE_FAILED] = "fails",
	[PROVE_OTHER] = "other bytes",
	[PROVE_EXTRA] = "not read",
};
static const char *const proof_needs[] = {
	[PROVE_NEEDED] = "fails without it",
	[PROVE_COUNTS] = "other bytes without it",
	[PROVE_NO_EFFECT] = "read without effect",
};

struct proof_sums {
	size_t compiled, linked, edited, bad;
	size_t archives;     /* given */
	size_t needed, idle; /* files taken away */
};

static void proof_count(const struct proof *p, const struct prove_result *r,
	struct proof_sums *s)
{
	enum graph_kind kind = p->request->graph->steps[r->step].kind;

	if (r->verdict == PROVE_GIVEN && kind == GRAPH_LINK) {
		s->bad++;
	} else if (r->verdict == PROVE_GIVEN) {
		s->archives += kind == GRAPH_ARCHIVE;
	} else if (r->verdict != PROVE_SAME) {
		s->bad++;
	} else {
		s->compiled += kind == GRAPH_COMPILE;
		s->linked += kind == GRAPH_LINK;
		s->edited += kind == GRAPH_COMMAND;
	}
}

static struct proof_sums proof_sum(const struct proof *p)
{
	struct proof_sums s = {0};

	for (size_t i = 0; i < p->answer->n_results; i++)
		proof_count(p, &p->answer->results[i], &s);
	for (size_t i = 0; i < p->answer->n_taken; i++) {
		bool is_idle = p->answer->taken[i].need == PROVE_NO_EFFECT;

		s.idle += is_idle;
		s.needed += !is_idle;
	}
	return s;
}

bool proof_holds(const struct proof *p)
{
	return proof_sum(p).bad == 0;
}

static struct str proof_output(const struct proof *p, uint32_t step)
{
	const struct graph *g = p->request->graph;

	return g->files[g->steps[step].output].name;
}

/* A link that was not run again proves nothing. */
static bool proof_is_bad(const struct proof *p, const struct prove_result *r)
{
	enum graph_kind kind = p->request->graph->steps[r->step].kind;

	return r->verdict == PROVE_GIVEN ? kind == GRAPH_LINK
					 : r->verdict != PROVE_SAME;
}

/* ---- for people ---- */

static void proof_bad_text(
	const struct proof *p, const struct prove_result *r, struct buf *out)
{
	if (!proof_is_bad(p, r))
		return;
	buf_fmt(out, "  NOT PROVEN  %.*s\n              ",
		STR_ARG(proof_output(p, r->step)));
	if (r->verdict == PROVE_FAILED)
		buf_fmt(out, "the step fails with what its evidence names: ");
	else if (r->verdict == PROVE_OTHER)
		buf_fmt(out, "the step gives other bytes: ");
	else if (r->verdict == PROVE_GIVEN)
		buf_fmt(out, "the link cannot be run again, because of ");
	else
		buf_fmt(out, "its evidence names a file that was not read: ");
	buf_fmt(out, "%s\n", r->text);
}

/* A command that was not run again, and whose result is taken as it is. */
static bool proof_is_given(const struct proof *p, const struct prove_result *r)
{
	return r->verdict == PROVE_GIVEN && !proof_is_bad(p, r) &&
	       strcmp(r->text, "not drawn") != 0 &&
	       p->request->graph->steps[r->step].kind != GRAPH_ARCHIVE;
}

/* All files given by one tool, the first of them by name. */
static void proof_given_by(const struct proof *p, size_t first, struct buf *out)
{
	const struct prove_result *list = p->answer->results;
	const char *tool = list[first].text;
	size_t n = 0;

	for (size_t i = 0; i < p->answer->n_results; i++) {
		if (!proof_is_given(p, &list[i]) ||
			strcmp(list[i].text, tool) != 0)
			continue;
		if (i < first)
			return; /* printed already */
		n++;
	}
	buf_fmt(out, "  given       %zu files that %s wrote: %.*s%s\n", n, tool,
		STR_ARG(proof_output(p, list[first].step)),
		n > 1 ? ", ..." : "");
}

static void proof_given_text(const struct proof *p, struct buf *out)
{
	for (size_t i = 0; i < p->answer->n_results; i++)
		if (proof_is_given(p, &p->answer->results[i]))
			proof_given_by(p, i, out);
}

static void proof_taken_text(const struct proof *p, struct buf *out)
{
	for (size_t i = 0; i < p->answer->n_taken; i++) {
		const struct prove_taken *t = &p->answer->taken[i];

		buf_fmt(out, "  taken away  %.*s of %.*s: %s\n",
			STR_ARG(p->request->graph->files[t->file].name),
			STR_ARG(proof_output(p, t->step)),
			proof_needs[t->need]);
	}
}

void proof_table(const struct proof *p, struct buf *out)
{
	const struct prove_answer *a = p->answer;
	struct proof_sums s = proof_sum(p);

	buf_fmt(out, "%s: %s\n", p->program,
		s.bad > 0 ? "not proven" : "proven");
	buf_fmt(out,
		"  rebuilt     %zu objects, %zu links, %zu strips, each to "
		"the same bytes\n",
		s.compiled, s.linked, s.edited);
	buf_fmt(out,
		"  from        %zu files, %zu of them the host's, and %zu "
		"files of the tools\n",
		a->files, a->host_files, a->tool_files);
	buf_fmt(out,
		"  taken       %zu archives, by digest (their members that "
		"were linked are rebuilt)\n",
		s.archives);
	if (a->left_out > 0)
		buf_fmt(out, "  not drawn   %zu objects of others' libraries\n",
			a->left_out);
	if (*a->lacks != '\0')
		buf_fmt(out, "  lacking     %s\n", a->lacks);
	buf_fmt(out,
		"  necessity   seed %llu: %zu files taken away, %zu needed, "
		"%zu read without effect\n",
		(unsigned long long)p->request->seed, a->n_taken, s.needed,
		s.idle);
	proof_given_text(p, out);
	proof_taken_text(p, out);
	for (size_t i = 0; i < a->n_results; i++)
		proof_bad_text(p, &a->results[i], out);
}

/* ---- for programs ---- */

static void proof_steps_json(const struct proof *p, struct json_out *o)
{
	json_list(o, "steps");
	for (size_t i = 0; i < p->answer->n_results; i++) {
		const struct prove_result *r = &p->answer->results[i];

		json_map(o, NULL);
		json_str(o, "output", proof_output(p, r->step));
		json_text(o, "verdict", proof_verdicts[r->verdict]);
		if (r->text[0] != '\0')
			json_text(o, "text", r->text);
		json_map_end(o);
	}
	json_list_end(o);
}

static void proof_taken_json(const struct proof *p, struct json_out *o)
{
	json_list(o, "takenAway");
	for (size_t i = 0; i < p->answer->n_taken; i++) {
		const struct prove_taken *t = &p->answer->taken[i];

		json_map(o, NULL);
		json_str(o, "file", p->request->graph->files[t->file].name);
		json_str(o, "of", proof_output(p, t->step));
		json_text(o, "need", proof_needs[t->need]);
		json_map_end(o);
	}
	json_list_end(o);
}

void proof_json(const struct proof *p, struct buf *out)
{
	struct json_out o = json_out(out, 1);
	const struct prove_answer *a = p->answer;

	json_map(&o, NULL);
	json_text(&o, "program", p->program);
	json_truth(&o, "proven", proof_holds(p));
	json_whole(&o, "seed", (int64_t)p->request->seed);
	json_whole(&o, "files", (int64_t)a->files);
	json_whole(&o, "hostFiles", (int64_t)a->host_files);
	json_whole(&o, "toolFiles", (int64_t)a->tool_files);
	json_whole(&o, "notDrawn", (int64_t)a->left_out);
	json_text(&o, "lacking", a->lacks);
	proof_steps_json(p, &o);
	proof_taken_json(p, &o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
