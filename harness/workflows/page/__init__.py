"""The side-by-side page of a suite: sides, figures, tables and every case."""
