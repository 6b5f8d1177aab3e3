/*
 * compare - see compare.h.
 *
 * Facts are compared as sorted lists, memory page by page.  An area that only
 * the first archive has is told with that one's addresses and name.
 */
#include "checkpoint-agent/compare.h"

#include "checkpoint-agent/gather.h"
#include "checkpoint-agent/memdiff.h"
#include "lib/base/json.h"

#include <limits.h>
#include <stdlib.h>
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
	const struct compare *q;
	struct sha256 key;
	struct gather before, after;
	struct json_out out;
	int section; /* that is open; -1: none */
	bool is_same;
};

/* ---- facts -------------------------------------------------------------- */

/* Every section is there, also the empty ones. */
static void open_sections(struct comparison *c, int until)
{
	while (c->section < until) {
		if (c->section >= 0)
			json_list_end(&c->out);
		if (++c->section < FACT_KINDS)
			json_list(&c->out, sections[c->section]);
	}
}

static void tell_fact(void *self, const struct fact *fact,
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
	facts_compare(&c->before.facts, &c->after.facts, tell_fact, c);
	open_sections(c, FACT_KINDS);
}

/* ---- memory ------------------------------------------------------------- */

/* One process: areas are told when the walk has left them. */
struct process {
	struct comparison *c;
	uint32_t pid;
	const struct image_area *areas[2]; /* before, after */
	size_t area_count[2];
	struct image_area area;       /* that the walk is in */
	const struct gather *area_of; /* whose it is */
	struct memdiff_count in_area, all;
};

static const struct image_area *find_area(
	const struct image_area *list, size_t n, uint64_t address)
{
	size_t from = 0;

	while (n) {
		size_t half = n / 2;
		const struct image_area *a = &list[from + half];

		if (address >= a->start && address < a->end)
			return a;
		if (address < a->start) {
			n = half;
		} else {
			from += half + 1;
			n -= half + 1;
		}
	}
	return NULL;
}

static void put_count(struct json_out *o, const struct memdiff_count *n)
{
	json_whole(o, "changedPages", (int64_t)n->changed);
	json_whole(o, "addedPages", (int64_t)n->added);
	json_whole(o, "removedPages", (int64_t)n->removed);
	json_whole(o, "samePages", (int64_t)n->same);
	json_whole(o, "differentBytes",
		(int64_t)((n->changed + n->added + n->removed) *
			  MEMORY_PAGE_BYTES));
}

static void put_address(struct json_out *o, const char *key, uint64_t at)
{
	char text[32];
	struct buf b = buf_fixed(text, sizeof(text));

	buf_fmt(&b, "0x%llx", (unsigned long long)at);
	json_str(o, key, buf_view(&b));
}

static void put_area(struct process *p)
{
	AUTO_BUF struct buf name = buf_growing(2 * PATH_MAX);
	struct json_out *o = &p->c->out;
	char room[8];
	struct buf rights = buf_fixed(room, sizeof(room));
	const struct memdiff_count *n = &p->in_area;

	memdiff_add(&p->all, n);
	if (n->changed + n->added + n->removed == 0)
		return;
	p->c->is_same = false;
	memory_put_area(&name, &p->area_of->content, &p->area);
	memory_put_rights(&rights, &p->area);
	json_map(o, NULL);
	put_address(o, "start", p->area.start);
	put_address(o, "end", p->area.end);
	json_str(o, "rights", buf_view(&rights));
	json_str(o, "area", buf_view(&name));
	put_count(o, n);
	json_map_end(o);
}

static void enter_area(struct process *p, uint64_t address)
{
	const struct image_area *a =
		find_area(p->areas[1], p->area_count[1], address);

	p->area_of = &p->c->after;
	if (!a) {
		a = find_area(p->areas[0], p->area_count[0], address);
		p->area_of = &p->c->before;
	}
	p->area = a ? *a
		    : (struct image_area){.start = address,
			      .end = address + MEMORY_PAGE_BYTES};
	p->in_area = (struct memdiff_count){0};
}

static void tell_page(
	void *self, uint64_t address, const struct memdiff_count *one)
{
	struct process *p = self;

	if (!p->area_of || address < p->area.start || address >= p->area.end) {
		if (p->area_of)
			put_area(p);
		enter_area(p, address);
	}
	memdiff_add(&p->in_area, one);
}

static struct str command_of(const struct comparison *c, uint32_t pid)
{
	struct str name = image_command(
		content_first(&c->after.content, IMAGE_CORE, pid));

	return name.n ? name
		      : image_command(content_first(
				&c->before.content, IMAGE_CORE, pid));
}

static int put_process(struct comparison *c, uint32_t pid,
	struct memdiff_count *total, struct err *e)
{
	struct process p = {.c = c, .pid = pid};
	struct memdiff_side before = {0}, after = {0};
	int rc = -1;

	p.areas[0] = memory_areas(&c->before.content, pid, &p.area_count[0]);
	p.areas[1] = memory_areas(&c->after.content, pid, &p.area_count[1]);
	json_map(&c->out, NULL);
	json_whole(&c->out, "pid", pid);
	json_str(&c->out, "command", command_of(c, pid));
	json_list(&c->out, "areas");
	if (memdiff_collect(&c->before.hashes, pid, &before, e) == 0 &&
		memdiff_collect(&c->after.hashes, pid, &after, e) == 0)
		rc = 0;
	if (rc == 0)
		memdiff_walk(&before, &after, tell_page, &p);
	if (p.area_of)
		put_area(&p);
	json_list_end(&c->out);
	put_count(&c->out, &p.all);
	json_map_end(&c->out);
	memdiff_add(total, &p.all);
	memdiff_side_free(&before);
	memdiff_side_free(&after);
	return rc;
}

static int order_pids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Whoever has memory in one of them, each once. */
static uint32_t *list_pids(const struct comparison *c, size_t *n)
{
	const struct memory *side[] = {&c->before.memory, &c->after.memory};
	uint32_t *pids = calloc(
		side[0]->map_count + side[1]->map_count + 1, sizeof(*pids));
	size_t all = 0;

	*n = 0;
	for (size_t s = 0; pids && s < 2; s++)
		for (size_t i = 0; i < side[s]->map_count; i++)
			pids[all++] = side[s]->maps[i].pid;
	if (all)
		qsort(pids, all, sizeof(*pids), order_pids);
	for (size_t i = 0; i < all; i++)
		if (i == 0 || pids[i] != pids[i - 1])
			pids[(*n)++] = pids[i];
	return pids;
}

static int put_memory(struct comparison *c, struct err *e)
{
	struct memdiff_count total = {0};
	size_t n;
	uint32_t *pids = list_pids(c, &n);
	int rc = pids ? 0 : err_kind(e, ERR_LIMIT, "out of memory");

	json_map(&c->out, "memory");
	json_list(&c->out, "processes");
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = put_process(c, pids[i], &total, e);
	json_list_end(&c->out);
	put_count(&c->out, &total);
	json_map_end(&c->out);
	free(pids);
	return rc;
}

/* ---- one container ------------------------------------------------------ */

/* Members of the map that is open, "same" last. */
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

static int compare_one(struct comparison *c, const char *before,
	const char *after, struct err *e)
{
	struct unwrap_place from = c->q->before, to = c->q->after;
	int rc;

	c->before = c->after = (struct gather){0};
	from.container = before;
	to.container = after;
	rc = gather_archive(&c->before, &from, &c->key, c->q->skips_memory, e);
	if (rc == 0)
		rc = gather_archive(
			&c->after, &to, &c->key, c->q->skips_memory, e);
	if (rc == 0)
		rc = put_differences(c, e);
	gather_free(&c->before);
	gather_free(&c->after);
	return rc;
}

/* ---- pods --------------------------------------------------------------- */

static bool has(const struct unwrap_names *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->name[i], name) == 0)
			return true;
	return false;
}

static void put_lone(struct comparison *c, const char *name, const char *change)
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
	rc = compare_one(c, name, name, e);
	json_map_end(&c->out);
	*is_same = *is_same && c->is_same;
	return rc;
}

static int put_pods(struct comparison *c, const struct unwrap_names *before,
	const struct unwrap_names *after, struct err *e)
{
	bool is_same = true;
	int rc = 0;

	json_list(&c->out, "containers");
	for (size_t i = 0; rc == 0 && i < before->n; i++) {
		const char *name = before->name[i];

		if (has(after, name)) {
			rc = put_pair(c, name, &is_same, e);
			continue;
		}
		put_lone(c, name, "removed");
		is_same = false;
	}
	for (size_t i = 0; i < after->n; i++) {
		if (has(before, after->name[i]))
			continue;
		put_lone(c, after->name[i], "added");
		is_same = false;
	}
	json_list_end(&c->out);
	json_truth(&c->out, "same", is_same);
	c->is_same = is_same;
	return rc;
}

/* ---- all ---------------------------------------------------------------- */

/* --container is about whichever of both is a pod's archive. */
static int list_one(struct unwrap_names *names, struct unwrap_place p,
	bool *is_pod, struct err *e)
{
	const char *wanted = p.container;

	p.container = "";
	if (unwrap_names(names, &p, e) < 0)
		return -1;
	*is_pod = *is_pod || names->is_pod;
	p.container = wanted;
	return names->is_pod && *wanted ? unwrap_names(names, &p, e) : 0;
}

static int put_document(struct comparison *c, struct err *e)
{
	static struct unwrap_names before, after; /* large */
	const char *wanted = c->q->before.container;
	bool has_pod = false;

	if (list_one(&before, c->q->before, &has_pod, e) < 0 ||
		list_one(&after, c->q->after, &has_pod, e) < 0)
		return -1;
	if (*wanted && !has_pod)
		return err_kind(e, ERR_USAGE,
			"neither is a pod's archive, so "
			"--container does not apply");
	if (*wanted || !has_pod)
		return compare_one(c, before.name[0], after.name[0], e);
	if (before.is_pod != after.is_pod)
		return err_kind(e, ERR_USAGE,
			"one is a pod's archive: say "
			"which container (--container)");
	return put_pods(c, &before, &after, e);
}

int compare_archives(
	const struct compare *q, struct buf *out, bool *is_same, struct err *e)
{
	static struct comparison c; /* one in a process */
	int rc;

	c = (struct comparison){.q = q, .out = json_out(out, INDENT)};
	rc = memhash_key(&c.key, e);
	json_map(&c.out, NULL);
	if (rc == 0)
		rc = put_document(&c, e);
	json_map_end(&c.out);
	buf_byte(out, '\n');
	*is_same = c.is_same;
	return rc;
}
