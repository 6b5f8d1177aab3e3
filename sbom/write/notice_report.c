/* notice_report - a line a part; chains of problems below. */
#include "sbom/write/notice_report.h"

#include "sbom/licence/rule.h"

static const struct {
	unsigned duty;
	const char *word;
} report_duties[] = {
	{DUTY_NOTICE, "notice"},
	{DUTY_SOURCE, "source"},
	{DUTY_RELINK, "relink"},
};
enum { REPORT_DUTIES = sizeof(report_duties) / sizeof(*report_duties) };

static const char *const report_problems[] = {
	[NOTICE_CONFLICT] = "conflict",
	[NOTICE_MISSING] = "missing text",
	[NOTICE_UNKNOWN] = "unknown licence",
};

static const char *report_whole(unsigned under)
{
	const char *whole = rule_whole_name(under);

	if (under == 0)
		return "none fits";
	return whole == NULL ? "its parts' own licences" : whole;
}

static void report_uses(const struct notice_part *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_uses; i++)
		buf_fmt(out, "%s%.*s", i > 0 ? ", " : "",
			STR_ARG(p->uses[i].id));
}

static void report_line(const struct notice_part *p, int width, struct buf *out)
{
	buf_fmt(out, "%-*.*s  %-28.*s  ", width, STR_ARG(p->name),
		STR_ARG(p->version));
	for (size_t i = 0; i < REPORT_DUTIES; i++)
		buf_fmt(out, "%-7s",
			(p->duties & report_duties[i].duty) != 0
				? report_duties[i].word
			: report_duties[i].duty == DUTY_SOURCE && p->is_offered
				? "source"
				: "-");
	report_uses(p, out);
	buf_byte(out, '\n');
}

void notice_report_table(const struct items *items, struct buf *out)
{
	const struct notice *n = items->notice;
	const struct sbom_request *r = n->model->request;
	int width = 4;

	for (size_t i = 0; i < n->n_parts; i++)
		if ((int)n->parts[i].name.n > width)
			width = (int)n->parts[i].name.n;
	buf_fmt(out, "%s %s\n", r->image, r->version);
	for (size_t i = 0; i < n->n_programs; i++)
		buf_fmt(out, "%.*s: as a whole under %s\n",
			STR_ARG(n->programs[i].path),
			report_whole(n->programs[i].under));
	buf_fmt(out, "\n%-*s  %-28s  %-21s%s\n", width, "PART", "VERSION",
		"DUTIES", "USED UNDER");
	for (size_t i = 0; i < n->n_parts; i++)
		if (n->parts[i].n_groups > 0)
			report_line(&n->parts[i], width, out);
}

/* ---- JSON ---- */

static void report_use_json(const struct notice_use *u, struct json_out *o)
{
	json_map(o, NULL);
	json_str(o, "id", u->id);
	json_list(o, "duties");
	for (size_t i = 0; i < REPORT_DUTIES; i++)
		if ((u->duties & report_duties[i].duty) != 0)
			json_text(o, NULL, report_duties[i].word);
	json_list_end(o);
	if (u->text != NULL) {
		json_str(o, "text", u->text->name);
		json_str(o, "textFrom", u->text->from);
	}
	json_map_end(o);
}

static void report_part_json(const struct notice_part *p, struct json_out *o)
{
	json_map(o, NULL);
	json_str(o, "name", p->name);
	json_str(o, "version", p->version);
	json_truth(o, "sourceOffered", p->is_offered);
	json_list(o, "usedUnder");
	for (size_t i = 0; i < p->n_uses; i++)
		report_use_json(&p->uses[i], o);
	json_list_end(o);
	json_list(o, "groups");
	for (size_t i = 0; i < p->n_groups; i++) {
		const struct notice_group *g = &p->groups[i];

		json_map(o, NULL);
		json_str(o, "licence", g->licence);
		json_whole(o, "files", (int64_t)g->files);
		json_list(o, "copyright");
		for (size_t k = 0; k < g->n_lines; k++)
			json_str(o, NULL, g->lines[k]);
		json_list_end(o);
		json_map_end(o);
	}
	json_list_end(o);
	json_map_end(o);
}

static void report_problems_json(const struct notice *n, struct json_out *o)
{
	json_list(o, "problems");
	for (size_t i = 0; i < n->n_problems; i++) {
		json_map(o, NULL);
		json_text(o, "kind", report_problems[n->problems[i].kind]);
		json_str(o, "text", n->problems[i].text);
		json_map_end(o);
	}
	json_list_end(o);
}

void notice_report_json(const struct items *items, struct json_out *o)
{
	const struct notice *n = items->notice;

	json_list(o, "programs");
	for (size_t i = 0; i < n->n_programs; i++) {
		const char *whole = rule_whole_name(n->programs[i].under);

		json_map(o, NULL);
		json_str(o, "path", n->programs[i].path);
		json_truth(o, "fits", n->programs[i].under != 0);
		if (n->programs[i].under != 0 && whole != NULL)
			json_text(o, "whole", whole);
		json_map_end(o);
	}
	json_list_end(o);
	json_list(o, "parts");
	for (size_t i = 0; i < n->n_parts; i++)
		if (n->parts[i].n_groups > 0)
			report_part_json(&n->parts[i], o);
	json_list_end(o);
	report_problems_json(n, o);
}

void notice_report_problems(const struct notice *n, struct buf *out)
{
	for (size_t i = 0; i < n->n_problems; i++)
		buf_fmt(out, "%s: %.*s", report_problems[n->problems[i].kind],
			STR_ARG(n->problems[i].text));
}
