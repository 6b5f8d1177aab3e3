/*
 * fed_tls - one text stands for all that the peer sends.
 */
#include "checkpoint-agent/front/test/fed_tls.h"

#include <stdlib.h>
#include <string.h>

static struct str input;
static size_t piece_bytes;

void require(bool holds)
{
	if (!holds)
		abort();
}

void fed_tls_feed(struct str text, size_t n)
{
	input = text;
	piece_bytes = n;
}

size_t fed_tls_left(void)
{
	return input.n;
}

static int fed_open(
	struct tls_config *c, int fd, struct tls **out, struct err *e)
{
	(void)c;
	(void)fd;
	(void)e;
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? 0 : -1;
}

static enum tls_result fed_read(
	struct tls *t, void *p, size_t n, size_t *got, struct err *e)
{
	(void)t;
	(void)e;
	n = n < piece_bytes ? n : piece_bytes;
	n = n < input.n ? n : input.n;
	if (n == 0)
		return TLS_END;
	memcpy(p, input.p, n);
	input = str_sub(input, n, input.n);
	*got = n;
	return TLS_OK;
}

static enum tls_result fed_write(
	struct tls *t, const void *p, size_t n, size_t *put, struct err *e)
{
	(void)t;
	(void)p;
	(void)e;
	*put = n;
	return TLS_OK;
}

static size_t fed_pending(const struct tls *t)
{
	(void)t;
	return 0;
}

static enum tls_result fed_close(struct tls *t)
{
	(void)t;
	return TLS_OK;
}

static const char *fed_version(const struct tls *t)
{
	(void)t;
	return "none";
}

static void fed_free(struct tls *t)
{
	free(t);
}

const struct tls_ops fed_tls_ops = {.open = fed_open,
	.read = fed_read,
	.write = fed_write,
	.pending = fed_pending,
	.close = fed_close,
	.version = fed_version,
	.free = fed_free};
