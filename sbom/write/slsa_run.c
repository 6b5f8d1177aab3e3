/*
 * slsa_run - the last line of runs.jsonl, and the host's packages that took
 * part, which are the versions of the builder.
 */
#include "sbom/write/slsa_run.h"

#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "sbom/evidence/evidence_index.h"

#include <stdlib.h>
#include <unistd.h>

enum { SLSA_RUNS_MAX = 16 << 20 };

static const char slsa_run_absent[] =
	"no run is noted; `keelson record` notes each";

static int slsa_run_read(const struct evidence *ev, struct arena *a,
	const struct node **out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(SLSA_RUNS_MAX);
	char path[EVIDENCE_PATH_BYTES];
	struct str rest, line, last = {0};

	if (evidence_path(ev, (struct str){0}, "runs.jsonl", path, e) < 0)
		return -1;
	if (access(path, F_OK) < 0)
		return err_kind(e, ERR_ABSENT, "%s: %s", path, slsa_run_absent);
	if (file_read(path, &text, e) < 0)
		return -1;
	rest = buf_view(&text);
	while (str_cut(&rest, '\n', &line))
		last = line.n > 0 ? line : last;
	last.p = arena_copy(a, last);
	if (last.p == NULL)
		return evidence_no_memory(e);
	return json_parse(last, a, out, e) < 0 ? err_at(e, "%s", path) : 0;
}

static int slsa_run_order(const void *a, const void *b)
{
	const struct evidence_file *const *x = a, *const *y = b;

	return str_cmp((*x)->package, (*y)->package);
}

/* The host's packages, each once. 0 or -1. */
static int slsa_run_packages(const struct evidence *ev, struct arena *a,
	struct json_out *o, struct err *e)
{
	const struct evidence_file **list =
		arena_alloc(a, (ev->n_files + 1) * sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return evidence_no_memory(e);
	for (size_t i = 0; i < ev->n_files; i++)
		if (ev->files[i].list == EVIDENCE_TOOLCHAIN &&
			ev->files[i].version.n > 0)
			list[n++] = &ev->files[i];
	if (n > 1)
		qsort(list, n, sizeof(*list), slsa_run_order);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !str_eq(list[i]->package, list[i - 1]->package))
			json_str(o, list[i]->package.p, list[i]->version);
	return 0;
}

static void slsa_run_definition(const struct slsa_request *r,
	const struct node *run, struct json_out *o)
{
	json_map(o, "buildDefinition");
	json_text(o, "buildType", "urn:keelson:run:v1");
	json_map(o, "externalParameters");
	json_str(o, "name", r->name);
	json_str(o, "version", r->version);
	json_map_end(o);
	json_node(o, "internalParameters", node_get(run, "host"));
	json_map_end(o);
}

static int slsa_run_details(const struct slsa_request *r, struct arena *a,
	const struct node *run, struct json_out *o, struct err *e)
{
	json_map(o, "runDetails");
	json_map(o, "builder");
	json_str(o, "id", r->builder);
	json_map(o, "version");
	json_str(o, "keelson", node_text(node_get(run, "keelson")));
	if (slsa_run_packages(r->evidence, a, o, e) < 0)
		return -1;
	json_map_end(o);
	json_map_end(o);
	json_map(o, "metadata");
	json_str(o, "invocationId", node_text(node_get(run, "invocation")));
	json_str(o, "startedOn", node_text(node_get(run, "started")));
	json_str(o, "finishedOn", node_text(node_get(run, "finished")));
	json_map_end(o);
	json_map_end(o);
	return 0;
}

static int slsa_run_predicate(const struct slsa_request *r, struct arena *a,
	const struct node *run, struct json_out *o, struct err *e)
{
	json_map(o, r->wants_predicate ? NULL : "predicate");
	slsa_run_definition(r, run, o);
	if (slsa_run_details(r, a, run, o, e) < 0)
		return -1;
	json_map_end(o);
	return 0;
}

static void slsa_run_subject(const struct slsa_request *r, struct json_out *o)
{
	json_text(o, "_type", "https://in-toto.io/Statement/v1");
	json_list(o, "subject");
	json_map(o, NULL);
	json_str(o, "name", r->name);
	json_map(o, "digest");
	json_str(o, "sha256", r->sha256);
	json_map_end(o);
	json_map_end(o);
	json_list_end(o);
	json_text(o, "predicateType", "https://slsa.dev/provenance/v1");
}

int slsa_run_write(const struct slsa_request *r, struct arena *a,
	struct buf *out, struct err *e)
{
	struct json_out o = json_out(out, 1);
	const struct node *run;

	if (slsa_run_read(r->evidence, a, &run, e) < 0)
		return -1;
	if (!r->wants_predicate) {
		json_map(&o, NULL);
		slsa_run_subject(r, &o);
	}
	if (slsa_run_predicate(r, a, run, &o, e) < 0)
		return -1;
	if (!r->wants_predicate)
		json_map_end(&o);
	buf_byte(out, '\n');
	return out->full ? evidence_no_memory(e) : 0;
}
