/*
 * route_answer - one table of statuses and texts, the kubelet's where it has
 * any.
 *
 * Names in the texts are those of the request, decoded, as in the kubelet's.
 */
#include "checkpoint-agent/front/route_answer.h"

#include "lib/base/json.h"
#include "lib/base/whole.h"

#include <assert.h>

static const struct {
	unsigned status;
	/* %N: NAMESPACE/POD[/CONTAINER], %C: container, %W: cause */
	const char *text;
} job_answers[] = {
	[JOB_DONE] = {200, NULL},
	[JOB_NO_POD] = {404, "pod does not exist"},
	[JOB_NO_CONTAINER] = {404, "container %C does not exist"},
	[JOB_NO_ARCHIVE] = {404, "checkpoint does not exist"},
	[JOB_BAD_TIMEOUT] = {404, "cannot parse value of timeout parameter"},
	[JOB_BUSY] = {409, "%N is being checkpointed already"},
	[JOB_FAILED] = {500, "checkpointing of %N failed (%W)"},
	[JOB_TIMED_OUT] = {500, "checkpointing of %N failed (%W)"},
	[JOB_ABORTED] = {503, "checkpointing of %N failed (%W)"},
	[JOB_NO_ROOM] = {507, "checkpointing of %N failed (%W)"},
};
static_assert(sizeof(job_answers) / sizeof(job_answers[0]) == JOB_STATUSES,
	"an answer for each status");

static void put_names(const struct route *r, struct buf *b)
{
	buf_str(b, r->namespace);
	buf_byte(b, '/');
	buf_str(b, r->pod);
	if (r->container.n > 0) {
		buf_byte(b, '/');
		buf_str(b, r->container);
	}
}

static void put_text(
	const struct route *r, const char *text, const char *why, struct buf *b)
{
	for (; *text != '\0'; text++) {
		if (text[0] != '%') {
			buf_byte(b, text[0]);
			continue;
		}
		text++;
		if (*text == 'N')
			put_names(r, b);
		else if (*text == 'C')
			buf_str(b, r->container);
		else
			buf_text(b, why);
	}
}

static void put_items(const char *dir, const char *name, struct buf *b)
{
	AUTO_BUF struct buf path = buf_growing(2 * PATH_MAX);
	struct json_out o = json_out(b, 0);

	buf_fmt(&path, "%s/%s", dir, name);
	whole_pass(&path, b);
	json_map(&o, NULL);
	json_list(&o, "items");
	json_str(&o, NULL, buf_view(&path));
	json_list_end(&o);
	json_map_end(&o);
}

static void put_range(const struct answer *a, uint64_t size, struct buf *b)
{
	if (a->stream_bytes > 0)
		buf_fmt(b, "bytes %llu-%llu/%llu",
			(unsigned long long)a->stream_from,
			(unsigned long long)(a->stream_from + a->stream_bytes -
					     1),
			(unsigned long long)size);
	else
		buf_fmt(b, "bytes */%llu", (unsigned long long)size);
}

/* An archive or the hash beside it, whole or in part. */
static struct answer answer_file(
	const struct route *r, const struct job_answer *j, struct buf *b)
{
	static const unsigned statuses[] = {
		[RANGE_WHOLE] = 200, [RANGE_PART] = 206, [RANGE_OUTSIDE] = 416};
	bool is_hash = str_has_suffix(str_of(r->job.name), STR(".sha256"));
	struct answer a = {.type = is_hash ? ANSWER_TEXT : ANSWER_TAR};
	size_t at = b->n, tag_n;
	enum range_fit fit;

	range_put_tag(b, j->changed_ns, j->fd_bytes);
	tag_n = b->n - at;
	fit = range_fit(&r->range, j->fd_bytes, str_sub(buf_view(b), at, tag_n),
		&a.stream_from, &a.stream_bytes);
	a.status = statuses[fit];
	if (fit == RANGE_OUTSIDE) {
		a.type = ANSWER_EMPTY;
		a.stream_bytes = 0;
	}
	if (fit != RANGE_WHOLE)
		put_range(&a, j->fd_bytes, b);
	/* views last: b moves when it grows */
	a.entity_tag = str_sub(buf_view(b), at, tag_n);
	a.content_range = str_sub(buf_view(b), at + tag_n, b->n);
	return a;
}

struct answer route_answer_job(const struct route *r,
	const struct job_answer *j, const char *dir, struct buf *body)
{
	uint32_t status = j->status < JOB_STATUSES ? j->status : JOB_FAILED;
	size_t at = body->n;

	if (status != JOB_DONE)
		put_text(r, job_answers[status].text, j->cause, body);
	else if (r->job.verb == JOB_CHECKPOINT)
		put_items(dir, j->made.name, body);
	else if (r->job.verb == JOB_DELETE)
		return (struct answer){.status = 204};
	if (j->has_fd && r->job.verb == JOB_OPEN)
		return answer_file(r, j, body);
	if (j->has_fd)
		return (struct answer){
			.status = 200,
			.type = ANSWER_JSON,
			.stream_bytes = j->fd_bytes,
		};
	return (struct answer){
		.status = job_answers[status].status,
		.type = status == JOB_DONE ? ANSWER_JSON : ANSWER_TEXT,
		.body = str_sub(buf_view(body), at, body->n),
	};
}

/* WORD (user=..., verb=..., resource=nodes, subresource(s)=[...]) */
static struct str put_access(const struct route *r, const char *word,
	struct str user, struct buf *body)
{
	size_t at = body->n;

	buf_fmt(body,
		"%s (user=%.*s, verb=%s, resource=nodes, "
		"subresource(s)=[%s%s%s])",
		word, STR_ARG(user), r->verb, r->subresource[0],
		r->subresource[1] != NULL ? " " : "",
		r->subresource[1] != NULL ? r->subresource[1] : "");
	return str_sub(buf_view(body), at, body->n);
}

struct answer route_answer_forbidden(
	const struct route *r, struct str user, struct buf *body)
{
	struct str text = put_access(r, "Forbidden", user, body);

	buf_byte(body, '\n');
	return answer_text(403, (struct str){text.p, text.n + 1});
}

struct answer route_answer_undecided(
	const struct route *r, struct str user, struct buf *body)
{
	return answer_text(
		500, put_access(r, "Authorization error", user, body));
}
