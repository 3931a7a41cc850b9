"""Problems to the office in charge, and the answer back."""
