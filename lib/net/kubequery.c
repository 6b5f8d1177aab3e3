/*
 * kubequery - append query parameters, each escaped by http_escape().
 *
 * An empty parameter is omitted, which the API treats alike.
 */
#include "lib/net/kubequery.h"
#include "lib/net/http.h"

static void put_text(struct buf *b, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_fmt(b, "&%s=", name);
	http_escape(str_of(value), false, b);
}

static void put_start(
	struct buf *b, const struct kubequery *q, const char *first)
{
	buf_fmt(b, "%s?%s", q->path, first);
	put_text(b, "labelSelector", q->label_selector);
	put_text(b, "fieldSelector", q->field_selector);
}

void kubequery_list(struct buf *b, const struct kubequery *q,
	unsigned int limit, const char *token, const char *version)
{
	char first[32];
	struct buf limit_text = buf_fixed(first, sizeof(first));

	buf_fmt(&limit_text, "limit=%u", limit);
	put_start(b, q, buf_cstr(&limit_text));
	if (token[0] != '\0')
		put_text(b, "continue", token); /* holds the version */
	else
		put_text(b, "resourceVersion", version);
}

void kubequery_watch(struct buf *b, const struct kubequery *q,
	const char *version, unsigned int timeout_s)
{
	put_start(b, q, "watch=1&allowWatchBookmarks=true");
	buf_fmt(b, "&timeoutSeconds=%u", timeout_s);
	put_text(b, "resourceVersion", version);
}

void kubequery_watch_list(struct buf *b, const struct kubequery *q,
	const char *version, unsigned int timeout_s)
{
	kubequery_watch(b, q, version, timeout_s);
	buf_text(b, "&sendInitialEvents=true"
		    "&resourceVersionMatch=NotOlderThan");
}
