/*
 * bundle - members in the order of sigstore's.
 */
#include "images/sign/bundle.h"

#include "lib/arc/oci.h"
#include "lib/base/base64.h"

/* base64 of 32 bytes. */
static void put_hint(const unsigned char key_id[SHA256_BYTES], struct buf *out)
{
	base64_encode((struct str){(const char *)key_id, SHA256_BYTES}, out);
}

void bundle_put(struct buf *out, const unsigned char key_id[SHA256_BYTES],
	struct str type, struct str payload, struct str signature)
{
	struct json_out o = json_out(out, 0);
	char room[64];
	struct buf hint = buf_fixed(room, sizeof(room));

	put_hint(key_id, &hint);
	json_map(&o, NULL);
	json_text(&o, "mediaType", OCI_BUNDLE);
	json_map(&o, "verificationMaterial");
	json_map(&o, "publicKey");
	json_str(&o, "hint", buf_view(&hint));
	json_map_end(&o);
	json_map_end(&o);
	dsse_put(&o, "dsseEnvelope", type, payload, signature);
	json_map_end(&o);
}

int bundle_read(const struct node *doc, struct arena *a, struct bundle *out,
	struct err *e)
{
	const struct node *envelope;
	struct str type = node_text(node_get(doc, "mediaType"));

	if (!str_is(type, OCI_BUNDLE))
		return err_kind(e, ERR_INPUT, "mediaType is \"%.*s\", not %s",
			STR_ARG(type), OCI_BUNDLE);
	if (node_need(doc, "dsseEnvelope", NODE_MAP, &envelope, e) < 0)
		return -1;
	out->hint = node_text(node_path(
		doc, "verificationMaterial", "publicKey", "hint", NULL));
	return dsse_read(envelope, a, &out->envelope, e) < 0
		       ? err_at(e, "dsseEnvelope")
		       : 0;
}

bool bundle_names(struct str hint, const unsigned char key_id[SHA256_BYTES])
{
	char room[64];
	struct buf own = buf_fixed(room, sizeof(room));

	put_hint(key_id, &own);
	return str_eq(hint, buf_view(&own));
}
