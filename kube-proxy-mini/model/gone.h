/*
 * gone - slices that were replaced or deleted.  Those of an entry that is
 * followed are kept until its next plan.  For the files of this room only.
 */
#ifndef KEELSON_PROXY_GONE_H
#define KEELSON_PROXY_GONE_H

#include "kube-proxy-mini/model/entry.h"

struct model;

/* Memory of a slice with so many packed bytes and so long a key. */
size_t gone_slice_bytes(size_t packed_len, size_t key_len);

/* Keep or free a slice that is in no list any more. */
void gone_take(struct model *m, struct model_packed_slice *s);

/* Free what is kept of an entry. */
void gone_free(struct model *m, struct model_entry *n);

#endif
