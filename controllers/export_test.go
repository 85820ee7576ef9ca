package controllers

// Recall is what SetupWithManager does for a reconciler that is run by hand.
func (r *Reconciler) Recall() { r.recall = newRecall() }
