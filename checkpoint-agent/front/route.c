/*
 * route - a table of what exists below the mux's places.
 *
 * The segments of the path, the method and sometimes the query select a line;
 * a path that fits a line of another method is 405, one that fits no line is
 * the router's own 404.  Names that no pod or container can have never reach
 * the back: the job then carries an empty name, which the back answers as
 * absent.
 */
#include "checkpoint-agent/front/route.h"

#include "checkpoint-agent/front/job_query.h"
#include "checkpoint-agent/front/mux.h"

#include <string.h>

#define SEGMENTS_MAX 5
#define FILE_METHODS "GET, HEAD, DELETE"

static const struct line {
	const char *first;  /* segment */
	size_t segments;    /* in all */
	const char *method; /* NULL: any, as of Go's plain handlers */
	const char *query;  /* parameter without which it does not exist */
	enum mux_feature feature;
	enum route_action action;
	enum job_verb verb;
	const char *access; /* authorization verb, if not the method's */
	const char *allow;  /* every method that exists here */
} lines[] = {
	{"checkpoint", 4, "POST", NULL, MUX_CHECKPOINT, ROUTE_JOB,
		JOB_CHECKPOINT, NULL, "POST"},
	{"checkpoint", 4, "GET", "dryRun", MUX_CHECKPOINT, ROUTE_JOB, JOB_CHECK,
		NULL, "GET, POST"},
	{"checkpoint", 4, "POST", "dryRun", MUX_CHECKPOINT, ROUTE_JOB,
		JOB_CHECK, NULL, "GET, POST"},
	{"checkpoint", 3, "POST", NULL, MUX_PODS, ROUTE_JOB, JOB_CHECKPOINT,
		NULL, "POST"},
	{"checkpoints", 1, "GET", NULL, MUX_ARCHIVES, ROUTE_JOB, JOB_LIST,
		"list", "GET"},
	{"checkpoints", 2, "GET", NULL, MUX_ARCHIVES, ROUTE_JOB, JOB_LIST,
		"list", "GET"},
	{"checkpoints", 3, "GET", NULL, MUX_ARCHIVES, ROUTE_JOB, JOB_LIST,
		"list", "GET"},
	{"checkpoints", 4, "GET", NULL, MUX_ARCHIVES, ROUTE_JOB, JOB_LIST,
		"list", "GET"},
	{"checkpoints", 5, "GET", NULL, MUX_ARCHIVES, ROUTE_JOB, JOB_OPEN, NULL,
		FILE_METHODS},
	{"checkpoints", 5, "HEAD", NULL, MUX_ARCHIVES, ROUTE_JOB, JOB_OPEN,
		"get", FILE_METHODS},
	{"checkpoints", 5, "DELETE", NULL, MUX_ARCHIVES, ROUTE_JOB, JOB_DELETE,
		NULL, FILE_METHODS},
	{"healthz", 1, NULL, NULL, MUX_ALWAYS, ROUTE_HEALTH, 0, NULL, NULL},
	{"livez", 1, NULL, NULL, MUX_ALWAYS, ROUTE_HEALTH, 0, NULL, NULL},
	{"readyz", 1, NULL, NULL, MUX_ALWAYS, ROUTE_HEALTH, 0, NULL, NULL},
	{"metrics", 1, NULL, NULL, MUX_ALWAYS, ROUTE_METRICS, 0, NULL, NULL},
};

/* Methods and their verbs in authorization. */
static const struct {
	const char *method;
	const char *verb;
} verbs[] = {
	{"POST", "create"},
	{"GET", "get"},
	{"PUT", "update"},
	{"PATCH", "patch"},
	{"DELETE", "delete"},
};

/* --- path to line -------------------------------------------------- */

static size_t split_path(struct str path, struct str *segment)
{
	size_t n = 0;

	while (path.n > 0 && path.p[0] == '/')
		path = str_sub(path, 1, path.n);
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	while (n < SEGMENTS_MAX + 1 && str_cut(&path, '/', &segment[n]))
		n++;
	return n;
}

static bool line_fits(const struct line *l, struct str query,
	const struct str *segment, size_t n, const struct config_features *f)
{
	return l->segments == n && str_is(segment[0], l->first) &&
	       mux_has_feature(f, l->feature) &&
	       (l->query == NULL || job_query_is_set(query, l->query));
}

/* The line of this request; *allow: the methods that exist on its path. */
static const struct line *find_line(const struct http_request *r,
	const struct str *segment, size_t n, const struct config_features *f,
	const char **allow)
{
	const struct line *found = NULL;

	*allow = NULL;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!line_fits(&lines[i], r->query, segment, n, f))
			continue;
		*allow = lines[i].allow;
		if (lines[i].method == NULL ||
			str_is(r->method, lines[i].method))
			found = &lines[i];
	}
	return found;
}

/* --- line to job --------------------------------------------------- */

/* An invalid name stays empty in the job. */
static void take_names(struct route *out, const struct str *segment, size_t n)
{
	struct job *j = &out->job;

	if (n > 1)
		out->namespace = segment[1];
	if (n > 2)
		out->pod = segment[2];
	if (n > 3)
		out->container = segment[3];
	if (job_is_label(out->namespace))
		str_copy(out->namespace, j->namespace, sizeof(j->namespace));
	if (job_is_subdomain(out->pod))
		str_copy(out->pod, j->pod, sizeof(j->pod));
	if (job_is_label(out->container))
		str_copy(out->container, j->container, sizeof(j->container));
	if (n > 4)
		str_copy(segment[4], j->name, sizeof(j->name));
}

/* Were all names valid?  If not, no archive can match. */
static bool names_are_valid(const struct route *out)
{
	const struct job *j = &out->job;
	struct err e;

	return str_is(out->namespace, j->namespace) &&
	       str_is(out->pod, j->pod) &&
	       str_is(out->container, j->container) && job_check(j, &e) == 0;
}

static void make_job(const struct line *l, const struct http_request *r,
	const struct str *segment, size_t n, struct route *out)
{
	struct job *j = &out->job;

	j->verb = l->verb;
	take_names(out, segment, n);
	j->is_pod = l->verb == JOB_CHECKPOINT && n == 3;
	job_query_read(r->query, j);
	if (l->verb == JOB_CHECKPOINT && job_query_forbids_dump(r->query)) {
		out->action = ROUTE_ANSWER;
		out->answer = answer_text(
			400, j->is_pod ? STR("dryRun is for one container")
				       : STR("cannot parse value of dryRun "
					     "parameter"));
	}
	if (l->verb == JOB_CHECKPOINT || l->verb == JOB_CHECK)
		return;
	if (l->verb == JOB_OPEN && str_is(r->method, "GET"))
		out->range = range_of(&r->head);
	if (n == 5 && j->name[0] == '\0')
		j->name[0] = '/'; /* empty or too long: matches no archive */
	if (names_are_valid(out))
		return;
	out->action = ROUTE_ANSWER;
	out->answer = answer_text(404, STR("checkpoint does not exist"));
}

/* --- all of it ----------------------------------------------------- */

static void set_access(const struct http_request *r, const struct mux_place *p,
	struct route *out)
{
	out->needs_auth = true;
	out->subresource[0] = p->subresource[0];
	out->subresource[1] = p->subresource[1];
	out->verb = "";
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (str_is(r->method, verbs[i].method))
			out->verb = verbs[i].verb;
}

static void set_no_page(struct route *out)
{
	out->answer = answer_text(404, STR("404: Page Not Found"));
}

/*
 * checkpoints/NAMESPACE/POD/FILE is the archive of a whole pod: FILE contains
 * a dot, which no container name does.
 */
static size_t insert_container(struct str *segment, size_t n)
{
	if (n != 4 || !str_is(segment[0], "checkpoints") ||
		memchr(segment[3].p, '.', segment[3].n) == NULL)
		return n;
	segment[4] = segment[3];
	segment[3] = STR("");
	return n + 1;
}

/* The one line whose answers the kubelet declares as JSON. */
static bool is_kubelet_s(const struct line *l)
{
	return l->verb == JOB_CHECKPOINT && l->feature == MUX_CHECKPOINT;
}

/* Accept as go-restful reads it: no ranges but that of all types. */
static bool takes_json(const struct http_request *r)
{
	struct str list, part, type;

	if (!http_field_get(&r->head, "Accept", &list) || list.n == 0)
		return true;
	while (str_cut(&list, ',', &part))
		if (str_cut(&part, ';', &type) &&
			(str_is(str_trim(type), "*/*") ||
				str_is(str_trim(type), "application/json")))
			return true;
	return false;
}

/* After the mux: the decoded path by segments. */
static void route_in_place(const struct http_request *r,
	const struct config_features *f, struct route *out)
{
	struct str segment[SEGMENTS_MAX + 1];
	const struct line *l;
	const char *allow;
	size_t n;

	http_unescape(r->path, false, &out->text); /* is_decodable() */
	n = insert_container(
		segment, split_path(buf_view(&out->text), segment));
	l = find_line(r, segment, n, f, &allow);
	if (l == NULL && allow == NULL) {
		set_no_page(out);
		return;
	}
	if (l == NULL) {
		out->answer = answer_text(405, STR("405: Method Not Allowed"));
		out->answer.allow = allow;
		return;
	}
	out->action = l->action;
	out->verb = l->access != NULL ? l->access : out->verb;
	if (l->action == ROUTE_JOB)
		make_job(l, r, segment, n, out);
	if (out->action == ROUTE_JOB && is_kubelet_s(l) && !takes_json(r)) {
		out->action = ROUTE_ANSWER;
		out->answer = answer_text(406,
			STR("406: Not Acceptable\n\n"
			    "Available representations: application/json"));
	}
}

void route_free(struct route *r)
{
	buf_free(&r->text);
}

/* Go rejects a target with broken escapes before any routing. */
static bool is_decodable(struct str path)
{
	AUTO_BUF struct buf b = buf_growing(path.n + 1);

	return http_unescape(path, false, &b) == 0 && !b.full;
}

void route_find(const struct http_request *r, const struct config_features *f,
	struct route *out)
{
	const struct mux_place *place;

	route_free(out);
	memset(out, 0, sizeof(*out));
	/* a Location, escaped, is the longest text; views must not move */
	out->text = buf_growing(3 * (r->path.n + r->query.n) + 8);
	if (buf_room(&out->text, out->text.max) != NULL)
		buf_reset(&out->text);
	out->action = ROUTE_ANSWER;
	out->metric_path = "other";
	if (!is_decodable(r->path)) {
		out->answer = answer_malformed(NULL);
		return;
	}
	place = mux_find(r, f, &out->text, &out->answer);
	if (place == NULL)
		return;
	out->metric_path = place->subresource[0];
	set_access(r, place, out);
	route_in_place(r, f, out);
}
