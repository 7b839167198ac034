package desk

import "context"

// joining is where a context has the transaction of a desk that its use cases
// belong to.
type joining struct{ d *Desk }

// together runs use cases in one transaction: what is done with the context
// that fn gets is kept when fn returns nil, and else nothing of it. They read
// what the ones before them have written.
func (d *Desk) together(ctx context.Context, fn func(context.Context) error) error {
	return d.write(ctx, func(w Writer) error { return fn(context.WithValue(ctx, joining{d}, w)) })
}

// joined is the transaction that a context belongs to; nil when to none.
func (d *Desk) joined(ctx context.Context) Writer {
	w, _ := ctx.Value(joining{d}).(Writer)
	return w
}
