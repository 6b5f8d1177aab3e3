/*
 * diff - gather two archives and write what differs.
 *
 * A container is compared by its facts, one JSON list per kind, then by its
 * memory.  For two pods' archives each container that both have is compared
 * that way; the others are listed as added or removed.
 */
#include "checkpoint-agent/inspect/diff.h"

#include "checkpoint-agent/inspect/diff_memory.h"
#include "lib/base/json.h"

#include <string.h>

#define INDENT 2

static const char *const sections[FACT_KINDS] = {
	[FACT_CONTAINER] = "container",
	[FACT_ENVIRONMENT] = "environment",
	[FACT_MOUNT] = "mounts",
	[FACT_PROCESS] = "processes",
	[FACT_FILE] = "files",
	[FACT_ROOTFS] = "rootfs",
};

struct comparison {
	const struct diff *q;
	struct sha256 key;
	struct diff_gather before, after;
	struct json_out out;
	int section; /* the open one; -1: none */
	bool is_same;
};

/* ---- facts -------------------------------------------------------------- */

/* Open the sections up to this one; empty ones appear as well. */
static void open_sections(struct comparison *c, int until)
{
	while (c->section < until) {
		if (c->section >= 0)
			json_list_end(&c->out);
		if (++c->section < FACT_KINDS)
			json_list(&c->out, sections[c->section]);
	}
}

static void put_fact(void *self, const struct fact *fact,
	const struct str *before, const struct str *after)
{
	struct comparison *c = self;

	c->is_same = false;
	open_sections(c, (int)fact->kind);
	json_map(&c->out, NULL);
	json_text(&c->out, "change",
		!before  ? "added"
		: !after ? "removed"
			 : "changed");
	json_str(&c->out, "what", fact->key);
	if (before)
		json_str(&c->out, "before", *before);
	if (after)
		json_str(&c->out, "after", *after);
	json_map_end(&c->out);
}

static void put_facts(struct comparison *c)
{
	c->section = -1;
	diff_facts_compare(&c->before.facts, &c->after.facts, put_fact, c);
	open_sections(c, FACT_KINDS);
}

/* ---- one container ------------------------------------------------------ */

static int put_memory(struct comparison *c, struct err *e)
{
	struct diff_memory d = {.before = &c->before, .after = &c->after};
	int rc = diff_memory_put(&d, &c->out, e);

	c->is_same = c->is_same && !d.differs;
	return rc;
}

/* Members of the open JSON object, "same" last. */
static int put_differences(struct comparison *c, struct err *e)
{
	int rc = 0;

	c->is_same = true;
	put_facts(c);
	if (!c->q->skips_memory)
		rc = put_memory(c, e);
	json_truth(&c->out, "same", c->is_same);
	return rc;
}

static int gather_side(struct comparison *c, struct diff_gather *g,
	struct pod_archive_place place, const char *container, struct err *e)
{
	struct diff_gather_order o = {.place = place,
		.key = &c->key,
		.skips_memory = c->q->skips_memory};

	o.place.container = container;
	return diff_gather_archive(g, &o, e);
}

static int compare_container(struct comparison *c, const char *before,
	const char *after, struct err *e)
{
	int rc;

	c->before = c->after = (struct diff_gather){0};
	rc = gather_side(c, &c->before, c->q->before, before, e);
	if (rc == 0)
		rc = gather_side(c, &c->after, c->q->after, after, e);
	if (rc == 0)
		rc = put_differences(c, e);
	diff_gather_free(&c->before);
	diff_gather_free(&c->after);
	return rc;
}

/* ---- pods --------------------------------------------------------------- */

static bool has_name(const struct pod_archive_names *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->name[i], name) == 0)
			return true;
	return false;
}

static void put_unpaired(
	struct comparison *c, const char *name, const char *change)
{
	json_map(&c->out, NULL);
	json_text(&c->out, "name", name);
	json_text(&c->out, "change", change);
	json_truth(&c->out, "same", false);
	json_map_end(&c->out);
}

static int put_pair(
	struct comparison *c, const char *name, bool *is_same, struct err *e)
{
	int rc;

	json_map(&c->out, NULL);
	json_text(&c->out, "name", name);
	rc = compare_container(c, name, name, e);
	json_map_end(&c->out);
	*is_same = *is_same && c->is_same;
	return rc;
}

static int put_pods(struct comparison *c,
	const struct pod_archive_names *before,
	const struct pod_archive_names *after, struct err *e)
{
	bool is_same = true;
	int rc = 0;

	json_list(&c->out, "containers");
	for (size_t i = 0; rc == 0 && i < before->n; i++) {
		const char *name = before->name[i];

		if (has_name(after, name)) {
			rc = put_pair(c, name, &is_same, e);
			continue;
		}
		put_unpaired(c, name, "removed");
		is_same = false;
	}
	for (size_t i = 0; i < after->n; i++) {
		if (has_name(before, after->name[i]))
			continue;
		put_unpaired(c, after->name[i], "added");
		is_same = false;
	}
	json_list_end(&c->out);
	json_truth(&c->out, "same", is_same);
	return rc;
}

/* ---- the two files ------------------------------------------------------ */

/* List a file; --container applies to it only if it is a pod's archive. */
static int list_containers(struct pod_archive_names *names,
	struct pod_archive_place p, bool *is_pod, struct err *e)
{
	const char *wanted = p.container;

	p.container = "";
	if (pod_archive_names(names, &p, e) < 0)
		return -1;
	*is_pod = *is_pod || names->is_pod;
	p.container = wanted;
	return names->is_pod && *wanted ? pod_archive_names(names, &p, e) : 0;
}

static int compare_files(struct comparison *c, struct err *e)
{
	static struct pod_archive_names before, after; /* large */
	const char *wanted = c->q->before.container;
	bool has_pod = false;

	if (list_containers(&before, c->q->before, &has_pod, e) < 0 ||
		list_containers(&after, c->q->after, &has_pod, e) < 0)
		return -1;
	if (*wanted && !has_pod)
		return err_kind(e, ERR_USAGE,
			"%s, %s: neither is a pod's archive, so --container "
			"does not apply",
			c->q->before.path, c->q->after.path);
	if (*wanted || !has_pod)
		return compare_container(c, before.name[0], after.name[0], e);
	if (before.is_pod != after.is_pod)
		return err_kind(e, ERR_USAGE,
			"%s is a pod's archive: say which container "
			"(--container)",
			before.is_pod ? c->q->before.path : c->q->after.path);
	return put_pods(c, &before, &after, e);
}

int diff_archives(const struct diff *q, struct buf *out, struct err *e)
{
	static struct comparison c; /* large */
	int rc;

	c = (struct comparison){.q = q, .out = json_out(out, INDENT)};
	rc = page_hashes_key(&c.key, e);
	json_map(&c.out, NULL);
	if (rc == 0)
		rc = compare_files(&c, e);
	json_map_end(&c.out);
	buf_byte(out, '\n');
	return rc;
}
