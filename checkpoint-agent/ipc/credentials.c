/*
 * credentials - builds the packet in place and checks it on arrival.
 *
 * The head is written first as zeros; each part that is appended then sets its
 * length in it.  The reader accepts a packet only if the lengths account for
 * every byte.
 */
#include "checkpoint-agent/ipc/credentials.h"

#include "lib/base/fd.h"

#include <string.h>

struct head {
	uint32_t bytes[CREDENTIALS_PARTS];
};

void credentials_start(struct buf *packet)
{
	const struct head empty = {{0}};

	buf_put(packet, &empty, sizeof(empty));
}

/* Everything in the packet after `from` bytes is this part. */
static void set_length(
	struct buf *packet, enum credentials_part part, size_t from)
{
	uint32_t n = (uint32_t)(packet->n - from);

	if (!packet->full)
		memcpy(packet->p + part * sizeof(n), &n, sizeof(n));
}

void credentials_put(
	struct buf *packet, enum credentials_part part, struct str bytes)
{
	size_t from = packet->n;

	buf_str(packet, bytes);
	set_length(packet, part, from);
}

int credentials_put_file(struct buf *packet, enum credentials_part part,
	const char *path, struct err *e)
{
	size_t from = packet->n;

	if (file_read(path, packet, e) < 0)
		return -1;
	set_length(packet, part, from);
	return 0;
}

int credentials_parse(struct str packet, struct credentials *m, struct err *e)
{
	struct head head;
	size_t at = sizeof(head);

	if (packet.n < sizeof(head))
		return err_kind(e, ERR_INPUT, "credentials: packet too short");
	memcpy(&head, packet.p, sizeof(head));
	for (size_t i = 0; i < CREDENTIALS_PARTS; i++) {
		m->part[i] = str_sub(packet, at, head.bytes[i]);
		if (m->part[i].n != head.bytes[i])
			return err_kind(
				e, ERR_INPUT, "credentials: packet cut short");
		at += head.bytes[i];
	}
	if (at != packet.n)
		return err_kind(e, ERR_INPUT,
			"credentials: %zu bytes after the last part",
			packet.n - at);
	return 0;
}
