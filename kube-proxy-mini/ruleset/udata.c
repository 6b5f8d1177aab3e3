/*
 * udata - writes one entry after the other into a buffer of the caller.
 */
#include "kube-proxy-mini/ruleset/udata.h"

#include <string.h>

size_t udata_text(char *u, enum udata_type type, const char *text, size_t n)
{
	u[0] = (char)type;
	u[1] = (char)(n + 1);
	memcpy(u + UDATA_HEAD_BYTES, text, n);
	u[UDATA_HEAD_BYTES + n] = 0;
	return UDATA_HEAD_BYTES + n + 1;
}

size_t udata_u32(char *u, enum udata_type type, uint32_t v)
{
	u[0] = (char)type;
	u[1] = sizeof(v);
	memcpy(u + UDATA_HEAD_BYTES, &v, sizeof(v));
	return UDATA_U32_BYTES;
}
