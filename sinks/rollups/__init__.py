"""What views keep up to date, and making it anew from the rows that it is made of."""
