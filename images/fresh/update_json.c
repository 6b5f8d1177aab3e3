/* update_json - one object a package, in the lock's order. */
#include "images/fresh/update_report.h"
#include "lib/base/json_out.h"

static void update_json_day(struct json_out *o, const char *key, int64_t s)
{
	char day[LIFE_DATE_BYTES];

	if (s == 0)
		return;
	life_write_day(s, day);
	json_text(o, key, day);
}

static void update_json_list(
	struct json_out *o, const char *key, const struct news_list *l)
{
	json_list(o, key);
	for (size_t i = 0; i < l->n; i++)
		json_str(o, NULL, l->list[i]);
	json_list_end(o);
}

static void update_json_newer(
	struct json_out *o, const struct update_package *p)
{
	json_map(o, "newer");
	json_str(o, "version", p->newer->version);
	json_text(o, "suite", p->newer->suite);
	json_truth(o, "security", p->is_security);
	if (p->has_news)
		update_json_list(o, "cves", &p->news.cves);
	if (p->has_series) {
		update_json_list(o, "patchesAdded", &p->news.added);
		update_json_list(o, "patchesDropped", &p->news.dropped);
	}
	if (p->missing != NULL)
		json_str(o, "notFetched", str_base_name(str_of(p->missing)));
	json_map_end(o);
}

static void update_json_package(
	struct json_out *o, const struct update_package *p)
{
	json_map(o, NULL);
	json_str(o, "package", p->line->package);
	json_str(o, "version", p->line->version);
	json_str(o, "suite", p->line->suite);
	json_truth(o, "listed", p->is_listed);
	update_json_day(o, "date", p->date_s);
	if (p->suite != NULL) {
		update_json_day(o, "suiteEnds", p->suite->end_s);
		update_json_day(o, "suiteEndsLts", p->suite->lts_s);
	}
	if (p->branch != NULL) {
		update_json_day(o, "upstreamEnds", p->branch->end_s);
		json_str(o, "upstreamSays", p->branch->url);
	}
	if (p->newer != NULL)
		update_json_newer(o, p);
	json_map_end(o);
}

void update_json(const struct update *u, struct buf *out)
{
	struct json_out o = json_out(out, 2);

	json_map(&o, NULL);
	json_list(&o, "suites");
	for (size_t i = 0; i < u->n_suites; i++) {
		const struct update_suite *s = &u->suites[i];

		if (!s->is_there && s->why.kind == ERR_NONE)
			continue;
		json_map(&o, NULL);
		json_text(&o, "name", s->name);
		update_json_day(&o, "date", s->date_s);
		if (s->why.kind != ERR_NONE)
			json_text(&o, "refused", s->why.text);
		json_map_end(&o);
	}
	json_list_end(&o);
	json_list(&o, "packages");
	for (size_t i = 0; i < u->n_packages; i++)
		update_json_package(&o, &u->packages[i]);
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
