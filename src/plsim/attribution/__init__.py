"""What each practice contributes: coalitions, the game, rankings and the sentences about them."""
