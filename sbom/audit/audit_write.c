/* audit_write - each hit with its rule, its verdict and the grounds for it. */
#include "sbom/audit/audit_write.h"

#include "lib/base/json.h"
#include "lib/base/shown.h"
#include "lib/base/version.h"

enum { AUDIT_TEXT_MAX = 1 << 20 };

#define AUDIT_UNKNOWN                                                          \
	"%zu of its programs or libraries have no evidence: what is in them "  \
	"was matched with nothing"

/* "affected", or "by version" where nothing tells which code is meant. */
static const char *audit_word(const struct audit_hit *h)
{
	return h->verdict.n_grounds == 0 ? "by_version"
					 : vex_status_word(h->verdict.status);
}

static void audit_why(
	const struct audit_hit *h, const char *between, struct buf *out)
{
	shown_put(out, h->rule);
	if (h->fixed.n > 0) {
		buf_text(out, ", fixed in ");
		shown_put(out, h->fixed);
	}
	if (h->verdict.n_grounds == 0)
		buf_fmt(out,
			"%sno patch tells which code is meant: bring it with "
			"--patch",
			between);
	for (size_t i = 0; i < h->verdict.n_grounds; i++)
		buf_fmt(out, "%s%.*s", between, STR_ARG(h->verdict.grounds[i]));
}

static size_t audit_count(const struct audit *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += audit_remains(&a->hits[i]);
	return n;
}

static bool audit_is_shown(const struct audit_report *r, size_t i)
{
	return r->shows_all || audit_remains(&r->audit->hits[i]);
}

void audit_write_table(const struct audit_report *r, struct buf *out)
{
	const struct audit *a = r->audit;
	size_t left = audit_count(a);

	buf_fmt(out, "%-17s%-21s%s\n", "CVE", "STATUS", "PACKAGE");
	for (size_t i = 0; i < a->n; i++) {
		const struct audit_hit *h = &a->hits[i];

		if (!audit_is_shown(r, i))
			continue;
		buf_fmt(out, "%-17.*s%-21s%.*s %.*s\n    ", STR_ARG(h->cve),
			audit_word(h), STR_ARG(h->package->package),
			STR_ARG(h->package->version));
		audit_why(h, "\n    ", out);
		buf_byte(out, '\n');
	}
	buf_fmt(out,
		"%zu advisories about %zu linked packages read: %zu match by "
		"version, %zu remain\n",
		a->advisories, a->n_packages, a->n, left);
	if (r->n_unknown > 0)
		buf_fmt(out, AUDIT_UNKNOWN "\n", r->n_unknown);
}

void audit_write_json(const struct audit_report *r, struct buf *out)
{
	const struct audit *a = r->audit;
	struct json_out o = json_out(out, 1);

	json_map(&o, NULL);
	json_text(&o, "product", r->product);
	json_whole(&o, "advisories", (int64_t)a->advisories);
	json_whole(&o, "matched", (int64_t)a->n);
	json_whole(&o, "remaining", (int64_t)audit_count(a));
	json_whole(&o, "unknown_programs", (int64_t)r->n_unknown);
	json_list(&o, "findings");
	for (size_t i = 0; i < a->n; i++) {
		const struct audit_hit *h = &a->hits[i];

		if (!audit_is_shown(r, i))
			continue;
		json_map(&o, NULL);
		json_str(&o, "cve", h->cve);
		json_text(&o, "status", audit_word(h));
		json_str(&o, "package", h->package->package);
		json_str(&o, "version", h->package->version);
		json_str(&o, "fixed", h->fixed);
		json_str(&o, "rule", h->rule);
		json_str(&o, "feed", h->feed);
		json_list(&o, "grounds");
		for (size_t k = 0; k < h->verdict.n_grounds; k++)
			json_str(&o, NULL, h->verdict.grounds[k]);
		json_list_end(&o);
		json_map_end(&o);
	}
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}

/* ---- SARIF ---- */

static void sarif_message(
	struct json_out *o, const char *key, const struct audit_hit *h)
{
	AUTO_BUF struct buf text = buf_growing(AUDIT_TEXT_MAX);

	buf_fmt(&text, "%.*s in %.*s %.*s: %s. ", STR_ARG(h->cve),
		STR_ARG(h->package->package), STR_ARG(h->package->version),
		audit_word(h));
	audit_why(h, ". ", &text);
	if (text.full)
		o->b->full = true;
	json_map(o, key);
	json_str(o, "text", buf_view(&text));
	json_map_end(o);
}

static void sarif_result(struct json_out *o, const struct audit_report *r,
	const struct audit_hit *h)
{
	const char *level = "none";

	if (audit_remains(h))
		level = h->verdict.status == VEX_AFFECTED ? "error" : "warning";
	json_map(o, NULL);
	json_str(o, "ruleId", h->cve);
	json_text(o, "level", level);
	sarif_message(o, "message", h);
	json_list(o, "locations");
	json_map(o, NULL);
	json_map(o, "physicalLocation");
	json_map(o, "artifactLocation");
	json_text(o, "uri", r->product);
	json_map_end(o);
	json_map_end(o);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
}

/* The rules: each CVE once; hits are sorted by it. */
static void sarif_rules(struct json_out *o, const struct audit_report *r)
{
	const struct audit *a = r->audit;
	struct str last = {0};

	json_list(o, "rules");
	for (size_t i = 0; i < a->n; i++) {
		if (!audit_is_shown(r, i) || str_eq(last, a->hits[i].cve))
			continue;
		last = a->hits[i].cve;
		json_map(o, NULL);
		json_str(o, "id", last);
		json_map_end(o);
	}
	json_list_end(o);
}

/* What was not looked at, as a notification of the run. */
static void sarif_unknown(struct json_out *o, const struct audit_report *r)
{
	char memory[256];
	struct buf text = buf_fixed(memory, sizeof(memory));

	if (r->n_unknown == 0)
		return;
	buf_fmt(&text, AUDIT_UNKNOWN, r->n_unknown);
	json_list(o, "invocations");
	json_map(o, NULL);
	json_truth(o, "executionSuccessful", true);
	json_list(o, "toolExecutionNotifications");
	json_map(o, NULL);
	json_text(o, "level", "warning");
	json_map(o, "message");
	json_str(o, "text", buf_view(&text));
	json_map_end(o);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
	json_list_end(o);
}

void audit_write_sarif(const struct audit_report *r, struct buf *out)
{
	struct json_out o = json_out(out, 1);

	json_map(&o, NULL);
	json_text(
		&o, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_text(&o, "version", "2.1.0");
	json_list(&o, "runs");
	json_map(&o, NULL);
	json_map(&o, "tool");
	json_map(&o, "driver");
	json_text(&o, "name", "keelson");
	json_text(&o, "version", KEELSON_VERSION);
	sarif_rules(&o, r);
	json_map_end(&o);
	json_map_end(&o);
	sarif_unknown(&o, r);
	json_list(&o, "results");
	for (size_t i = 0; i < r->audit->n; i++)
		if (audit_is_shown(r, i))
			sarif_result(&o, r, &r->audit->hits[i]);
	json_list_end(&o);
	json_map_end(&o);
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
